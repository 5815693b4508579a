package lib.stats;

import static lib.stats.Sentences.interval;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import lib.results.Cores;
import lib.results.Estimate;

/**
 * The same cores shared differently (docs/method.md, rule 20): 8×1, 4×2, 2×4, 1×8 instances × threads. It answers the
 * second half of "Nhiều cores yếu hay ít cores mạnh?", the one about many requests at once; {@link ScalingVerdict}
 * answers the first, about a single request.
 *
 * @param splits from the most instances to the fewest
 * @param mostThroughput best in audio-hours per core-hour; null when undecided or when any split was not measured
 * @param lowestLatency best in the median of a single request; null likewise
 * @param sentences everything that a person should read, in order; the answer in English, then in Vietnamese
 */
public record SharedCores(int budgetCores, List<SplitVerdict> splits, Split mostThroughput, Split lowestLatency,
        Answer answer, List<String> sentences) {
    private static final Locale VIETNAMESE = Locale.forLanguageTag("vi");
    private static final String QUESTION = "Many weak cores or few strong cores, second half (many requests at once)? ";
    private static final String CAU_HOI = "Nhiều cores yếu hay ít cores mạnh, nửa thứ hai (nhiều yêu cầu cùng lúc)? ";
    /** Rounding of a division must not push a figure over a threshold. */
    private static final double ROUNDING = 1e-12;

    /**
     * One run of a split: all instances start at the same time, each with the same clip.
     *
     * @param seconds until the last of them has ended
     * @param latencySeconds of each instance's request
     */
    public record Batch(double seconds, double... latencySeconds) {
        public Batch {
            latencySeconds = latencySeconds.clone();
        }
    }

    /**
     * @param threads of each instance
     * @param audioSeconds that each instance transcribes in a batch
     * @param batches the measured ones that ended ok; empty when it was not measured
     * @param totalPeakRssBytes of all instances together; null when not measured
     * @param valid false when nothing may be concluded from the batches
     */
    public record Split(int instances, int threads, double audioSeconds, List<Batch> batches, Long totalPeakRssBytes,
            boolean valid) {
        public Split {
            if (instances < 1 || threads < 1 || !(audioSeconds > 0)) {
                throw new IllegalArgumentException("instances, threads and audio must be above 0: " + instances + ", "
                        + threads + ", " + audioSeconds);
            }
            batches = List.copyOf(batches);
            for (Batch b : batches) {
                if (b.latencySeconds.length != instances) {
                    throw new IllegalArgumentException("a batch of " + instances + " instances has as many latencies: "
                            + Arrays.toString(b.latencySeconds));
                }
            }
        }

        /** {@code 4×2}: instances × threads. */
        public String name() {
            return instances + "×" + threads;
        }

        private boolean counts() {
            return valid && !batches.isEmpty();
        }

        /** Of each batch; the requests of one batch share its luck, so they are no independent values. */
        private double[] latencies() {
            return batches.stream().mapToDouble(b -> Summary.of(b.latencySeconds).median().value()).toArray();
        }

        /** What a second of the whole budget yields, inverted: seconds of the budget for a second of audio. */
        private double[] secondsPerAudioSecond() {
            return batches.stream().mapToDouble(b -> b.seconds / (instances * audioSeconds)).toArray();
        }
    }

    /**
     * The figures of a split, null where it was not measured.
     *
     * @param audioHoursPerCoreHour median of the batches
     * @param latencySeconds median over the batches of the median request in each
     * @param maxLatencySeconds of all requests
     * @param whyNot a sentence where it was not measured, else null
     */
    public record SplitVerdict(Split split, Estimate audioHoursPerCoreHour, Estimate latencySeconds,
            Double maxLatencySeconds, int requests, String whyNot) {
    }

    /** What throughput at equal cores says. {@link #code()} is its name in the files. */
    public enum Code {
        MANY_SMALL, IN_BETWEEN, FEW_LARGE, UNDECIDED, NOT_MEASURED;

        public String code() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** For people in both languages. */
    public record Answer(Code code, String english, String vietnamese) {
    }

    public SharedCores {
        splits = List.copyOf(splits);
        sentences = List.copyOf(sentences);
    }

    /**
     * @param seed of the bootstrap; the same runs and seed give the same verdict, in whatever order the splits come
     * @throws IllegalArgumentException if a split uses another number of cores or another clip than the rest, comes
     * twice, or has a time that is not above 0
     */
    public static SharedCores of(int budgetCores, List<Split> unordered, long seed) {
        List<Split> splits = unordered.stream().sorted(Comparator.comparing(Split::instances).reversed()).toList();
        for (Split s : splits) {
            if (s.instances * s.threads != budgetCores) {
                throw new IllegalArgumentException(s.name() + " does not use " + Cores.words(budgetCores));
            }
        }
        if (splits.stream().map(Split::instances).distinct().count() < splits.size()) {
            throw new IllegalArgumentException("a split comes twice: " + names(splits));
        }
        if (splits.stream().map(Split::audioSeconds).distinct().count() > 1) {
            throw new IllegalArgumentException("splits can be compared with the same clip only");
        }
        List<SplitVerdict> verdicts = splits.stream().map(s -> judge(budgetCores, s)).toList();
        List<Split> measured = splits.stream().filter(Split::counts).toList();
        Contest throughput = Contest.of(measured, Split::secondsPerAudioSecond, seed);
        Contest latency = Contest.of(measured, Split::latencies, seed);
        Answer answer = answer(budgetCores, splits, measured, throughput, latency);
        List<String> sentences = new ArrayList<>(verdicts.stream()
                .map(SplitVerdict::whyNot)
                .filter(Objects::nonNull).toList());
        boolean all = measured.size() == splits.size();
        if (measured.size() > 1) {
            String which = all ? "" : " of those measured";
            sentences.add(throughput.sentence("Most throughput" + which, " for the same audio"));
            sentences.add(latency.sentence("Lowest latency of a request" + which, ""));
            memory(measured).ifPresent(sentences::add);
        }
        sentences.add(answer.english);
        sentences.add(answer.vietnamese);
        return new SharedCores(budgetCores, verdicts, all ? throughput.winner() : null, all ? latency.winner() : null,
                answer, sentences);
    }

    private static SplitVerdict judge(int budgetCores, Split s) {
        if (!s.counts()) {
            return new SplitVerdict(s, null, null, null, 0, s.name() + ": "
                    + (s.batches.isEmpty() ? "not measured." : "left out, its runs are not valid."));
        }
        Estimate perCore = Summary.of(s.secondsPerAudioSecond()).median().times(budgetCores).inverse();
        Estimate latency = Summary.of(s.latencies()).median();
        double most = s.batches.stream().flatMapToDouble(b -> Arrays.stream(b.latencySeconds)).max().orElseThrow();
        int requests = s.instances * s.batches.size();
        return new SplitVerdict(s, perCore, latency, most, requests, null);
    }

    /**
     * Splits against one another in one figure of which less is better.
     *
     * @param first the least by its median
     * @param open those that are not shown to be worse than the first
     */
    private record Contest(List<Split> splits, Function<Split, double[]> figure, Split first, List<Split> open,
            long seed) {
        static Contest of(List<Split> splits, Function<Split, double[]> figure, long seed) {
            Split first = splits.stream().min(Comparator.comparing(s -> Summary.of(figure.apply(s)).median().value()))
                    .orElse(null);
            List<Split> open = splits.stream().filter(s -> s != first)
                    .filter(s -> !isAboveOne(ratio(figure, s, first, seed))).toList();
            return new Contest(splits, figure, first, open, seed);
        }

        private static boolean isAboveOne(Estimate times) {
            return times.hasInterval() && times.low() > 1 + ROUNDING;
        }

        private static Estimate ratio(Function<Split, double[]> figure, Split split, Split other, long seed) {
            return Bootstrap.ratioOfMedians(figure.apply(split), figure.apply(other), seed);
        }

        /** How many times the figure of the other. */
        Estimate against(Split split, Split other) {
            return ratio(figure, split, other, seed);
        }

        Split winner() {
            return splits.size() > 1 && open.isEmpty() ? first : null;
        }

        String contenders(String and) {
            List<Split> all = new ArrayList<>(open);
            all.add(first);
            all.sort(Comparator.comparing(Split::instances).reversed());
            return all.stream().map(Split::name).collect(Collectors.joining(and));
        }

        String sentence(String title, String what) {
            List<String> parts = new ArrayList<>();
            parts.add(open.isEmpty() ? first.name() : "undecided between " + contenders(" and "));
            for (Split s : splits) {
                if (s != first) {
                    Estimate times = against(s, first);
                    parts.add(s.name() + " takes " + interval(times, 2) + " times as long as " + first.name() + what
                            + (open.contains(s) ? ", " + doubt(s, times) : ""));
                }
            }
            return title + ": " + String.join("; ", parts) + ".";
        }

        private String doubt(Split s, Estimate times) {
            boolean onTheLine = times.hasInterval() && (times.low() >= 1 || times.high() <= 1);
            return onTheLine ? "which can't be told apart"
                    : Sentences.undecided(Math.min(s.batches.size(), first.batches.size()), times, Double::toString, 1);
        }
    }

    private static Answer answer(int budgetCores, List<Split> splits, List<Split> measured, Contest throughput,
            Contest latency) {
        List<String> missing = splits.stream().filter(s -> !s.counts()).map(Split::name).toList();
        if (measured.size() < 2) {
            return new Answer(Code.NOT_MEASURED, QUESTION + "Not answered: it takes two ways to share "
                    + Cores.words(budgetCores) + ", and " + (measured.isEmpty() ? "none"
                            : "only "
                                    + measured.get(0).name()) + " was measured.",
                    CAU_HOI + "Chưa trả lời được: cần đo ít nhất hai cách chia " + Cores.words(budgetCores) + ".");
        }
        if (!missing.isEmpty()) {
            return new Answer(Code.UNDECIDED, QUESTION + "Undecided: " + String.join(" and ", missing)
                    + (missing.size() == 1 ? " has" : " have") + " no valid runs, and any split may be the best.",
                    CAU_HOI + "Chưa kết luận được: " + String.join(" và ", missing)
                            + " không có lần đo hợp lệ, mà cách chia nào cũng có thể là tốt nhất.");
        }
        Split winner = throughput.winner();
        if (winner == null) {
            return new Answer(Code.UNDECIDED, QUESTION + "Undecided: the throughput of " + throughput.contenders(
                    " and ") + " can't be told apart at " + Cores.words(budgetCores) + ".",
                    CAU_HOI + "Chưa kết luận được: chưa phân biệt được thông lượng của " + throughput.contenders(" và ")
                            + " khi cùng dùng " + Cores.words(budgetCores) + ".");
        }
        Code code = winner.threads == 1 ? Code.MANY_SMALL : winner.instances == 1 ? Code.FEW_LARGE : Code.IN_BETWEEN;
        List<Split> ends = List.of(measured.get(0), measured.get(measured.size() - 1)).stream()
                .filter(s -> s != winner).toList();
        String gains = ends.stream().map(s -> interval(throughput.against(s, winner), 2) + " times the audio per "
                + "core-hour of " + s.name()).collect(Collectors.joining(" and "));
        String loiThe = ends.stream().map(s -> khoang(throughput.against(s, winner)) + " lần " + s.name())
                .collect(Collectors.joining(" và "));
        String english = switch (code) {
            case MANY_SMALL -> "Many small instances";
            case FEW_LARGE -> "Few large instances";
            default -> "In between";
        };
        String vietnamese = switch (code) {
            case MANY_SMALL -> "Nhiều instance nhỏ";
            case FEW_LARGE -> "Ít instance lớn";
            default -> "Ở giữa";
        };
        return new Answer(code, QUESTION + english + ": at " + Cores.words(budgetCores) + ", " + winner.name()
                + " yields " + gains + "; " + soonest(winner, latency)
                + ". The first half, one request over more cores, is what efficiency answers (profile-cpu).",
                CAU_HOI + vietnamese + ": với " + Cores.words(budgetCores) + ", " + winner.name()
                        + " xử lý lượng âm thanh trên mỗi core-giờ bằng " + loiThe + "; " + nhanhNhat(winner, latency)
                        + ". Nửa thứ nhất (một yêu cầu trên nhiều cores) do hiệu suất trả lời (profile-cpu).");
    }

    private static String soonest(Split winner, Contest latency) {
        Split soonest = latency.winner();
        if (soonest == null) {
            return "which answers a request soonest is undecided between " + latency.contenders(" and ");
        }
        return soonest == winner ? "it answers a request soonest too, p50 " + seconds(winner, Locale.ROOT)
                : soonest.name() + " answers a request soonest, p50 " + seconds(soonest, Locale.ROOT) + " against "
                        + seconds(winner, Locale.ROOT) + ", so the latency asked for decides how far to split";
    }

    private static String nhanhNhat(Split winner, Contest latency) {
        Split soonest = latency.winner();
        if (soonest == null) {
            return "chưa kết luận được cách nào trả lời một yêu cầu nhanh nhất (" + latency.contenders(" hay ") + ")";
        }
        return soonest == winner ? "một yêu cầu cũng được trả lời nhanh nhất, p50 " + seconds(winner, VIETNAMESE)
                : soonest.name() + " trả lời một yêu cầu nhanh nhất, p50 " + seconds(soonest, VIETNAMESE) + " so với "
                        + seconds(winner, VIETNAMESE) + ", nên yêu cầu về độ trễ quyết định chia nhỏ đến đâu";
    }

    private static String seconds(Split s, Locale locale) {
        return String.format(locale, "%.3f s", Summary.of(s.latencies()).median().value());
    }

    /** A winner has an interval over every other. */
    private static String khoang(Estimate e) {
        return String.format(VIETNAMESE, "%.2f (95 %%: %.2f đến %.2f)", e.value(), e.low(), e.high());
    }

    private static Optional<String> memory(List<Split> measured) {
        List<Split> known = measured.stream().filter(s -> s.totalPeakRssBytes != null)
                .sorted(Comparator.comparing(Split::totalPeakRssBytes)).toList();
        if (known.size() < 2) {
            return Optional.empty();
        }
        Split least = known.get(0);
        Split most = known.get(known.size() - 1);
        return Optional.of("Least memory: " + least.name() + " with " + megabytes(least.totalPeakRssBytes)
                + "; most: " + most.name() + " with " + megabytes(most.totalPeakRssBytes) + ".");
    }

    private static String megabytes(long bytes) {
        return Math.round(bytes / 1e6) + " MB";
    }

    private static String names(List<Split> splits) {
        return splits.stream().map(Split::name).collect(Collectors.joining(", "));
    }
}
