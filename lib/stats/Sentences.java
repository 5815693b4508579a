package lib.stats;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.DoubleFunction;
import lib.results.Cores;
import lib.results.Estimate;
import lib.stats.ScalingVerdict.Answer;
import lib.stats.ScalingVerdict.ManyOrFew;
import lib.stats.ScalingVerdict.PointVerdict;

/** The words of a scaling verdict; every figure comes with its interval. */
public final class Sentences {
    private static final Locale VIETNAMESE = Locale.forLanguageTag("vi");

    private Sentences() {
    }

    static String runs(int runs) {
        return runs == 1 ? "1 run" : runs + " runs";
    }

    private static String moreRuns(int more) {
        return more + (more == 1 ? " more run" : " more runs");
    }

    /** {@code 0.871 (95 %: 0.852 to 0.889)}, or that there is no interval. */
    public static String interval(Estimate e, int digits) {
        return interval(e, digits, "");
    }

    /** @param unit with the blank before it */
    static String interval(Estimate e, int digits, String unit) {
        return interval(e, digits, unit, Locale.ROOT, " to ", " (no interval)");
    }

    private static String interval(Estimate e, int digits, String unit, Locale locale, String to, String none) {
        String value = digits(e.value(), digits, locale) + unit;
        return e.hasInterval() ? value + " (95 %: " + digits(e.low(), digits, locale) + to
                + digits(e.high(), digits, locale) + ")" : value + none;
    }

    private static String digits(double value, int digits, Locale locale) {
        return String.format(locale, "%." + digits + "f", value);
    }

    /** The size of a gain in percent; the interval keeps its sign, so that a gain that may be a loss shows. */
    static String percent(Estimate gain) {
        String size = String.format(Locale.ROOT, "%.1f %%", Math.abs(gain.value()) * 100);
        if (!gain.hasInterval()) {
            return size + " (no interval)";
        }
        double sign = gain.value() < 0 ? -100 : 100;
        double one = gain.low() * sign;
        double other = gain.high() * sign;
        return size + String.format(Locale.ROOT, " (95 %%: %.1f to %.1f %%)", Math.min(one, other),
                Math.max(one, other));
    }

    /**
     * Why it is undecided and what would likely decide it.
     *
     * @param runs those of the side with fewer
     * @param words how a threshold is written
     */
    static String undecided(int runs, Estimate e, DoubleFunction<String> words, double... thresholds) {
        int more = Precision.moreRunsToDecide(runs, e, thresholds);
        if (!e.hasInterval()) {
            return "an interval takes " + Summary.MIN_RUNS_FOR_INTERVAL + " runs on both sides, " + moreRuns(more)
                    + " would give one";
        }
        String spans = "the interval spans " + String.join(" and ", Arrays.stream(thresholds)
                .filter(t -> e.low() < t && t < e.high()).mapToObj(words).toList());
        return more > Precision.UNLIKELY_RUNS ? spans + ", and more runs are unlikely to decide"
                : spans + ", about " + moreRuns(more) + " of each would decide";
    }

    /** What the answer lacks: the runs at 4 cores, or those at 1 core that efficiency refers to. */
    static Answer notAnswered(double missingCores, String why) {
        String english = "Many weak cores or few strong cores? Not answered: " + Cores.words(missingCores)
                + (missingCores == 1 ? " was" : " were") + " not measured" + (why == null ? "" : ", " + why)
                + ", and other counts can't answer in " + (missingCores == 1 ? "its" : "their") + " place.";
        String vietnamese = "Nhiều cores yếu hay ít cores mạnh? Chưa trả lời được: chưa đo ở mức "
                + Cores.words(missingCores) + ", và không thể suy ra câu trả lời từ số cores khác.";
        return new Answer(ManyOrFew.NOT_MEASURED, english, vietnamese);
    }

    static Answer answer(ManyOrFew code, PointVerdict four, int runs) {
        String figure = "efficiency at 4 cores is " + interval(four.efficiency(), 3);
        String hieuSuat = "hiệu suất ở 4 cores là "
                + interval(four.efficiency(), 3, "", VIETNAMESE, " đến ", " (chưa có khoảng tin cậy)");
        String worth = String.format(Locale.ROOT, "%.2f", four.speedup().value());
        String tuongDuong = String.format(VIETNAMESE, "%.2f", four.speedup().value());
        return switch (code) {
            case MANY_WEAK -> new Answer(code, "Many weak cores or few strong cores? Many weak cores: " + figure
                    + ", above 0.8; 4 cores work like one that is " + worth + " times as fast.",
                    "Nhiều cores yếu hay ít cores mạnh? Nhiều cores yếu: " + hieuSuat
                            + ", trên 0,8; 4 cores chạy như một core nhanh gấp " + tuongDuong + " lần.");
            case FEW_STRONG -> new Answer(code, "Many weak cores or few strong cores? Few strong cores: " + figure
                    + ", below 0.5; 4 cores work like one that is only " + worth + " times as fast.",
                    "Nhiều cores yếu hay ít cores mạnh? Ít cores mạnh: " + hieuSuat
                            + ", dưới 0,5; 4 cores chỉ chạy như một core nhanh gấp " + tuongDuong + " lần.");
            case IT_DEPENDS -> new Answer(code, "Many weak cores or few strong cores? It depends: " + figure
                    + ", between 0.5 and 0.8; 4 weak cores answer one request like one core that is " + worth
                    + " times as fast, so few strong cores win if theirs are faster than that, and many weak ones if"
                    + " requests in parallel (throughput and cost) count more than the latency of each.",
                    "Nhiều cores yếu hay ít cores mạnh? Còn tùy: " + hieuSuat
                            + ", nằm giữa 0,5 và 0,8; với một yêu cầu, 4 cores yếu chạy như một core nhanh gấp "
                            + tuongDuong + " lần. Nếu core mạnh nhanh hơn mức đó thì chọn ít cores mạnh; nếu thông"
                            + " lượng và chi phí quan trọng hơn độ trễ của từng yêu cầu thì chọn nhiều cores yếu.");
            case UNDECIDED -> new Answer(code, "Many weak cores or few strong cores? Undecided: " + figure + "; "
                    + undecided(runs, four.efficiency(), Double::toString, ScalingVerdict.FEW_STRONG_EFFICIENCY,
                            ScalingVerdict.MANY_WEAK_EFFICIENCY) + ".",
                    "Nhiều cores yếu hay ít cores mạnh? Chưa kết luận được: " + hieuSuat + "; "
                            + chuaKetLuan(runs, four.efficiency()) + ".");
            case NOT_MEASURED -> throw new IllegalArgumentException("4 cores were measured");
        };
    }

    private static String chuaKetLuan(int runs, Estimate efficiency) {
        int more = Precision.moreRunsToDecide(runs, efficiency, ScalingVerdict.FEW_STRONG_EFFICIENCY,
                ScalingVerdict.MANY_WEAK_EFFICIENCY);
        if (!efficiency.hasInterval()) {
            return "cần thêm " + more + " lần chạy để có khoảng tin cậy";
        }
        return "khoảng tin cậy chứa một ngưỡng (0,5 hoặc 0,8), " + (more > Precision.UNLIKELY_RUNS
                ? "và chạy thêm cũng khó kết luận"
                : "cần thêm khoảng " + more + " lần chạy ở mỗi mức");
    }
}
