package lib.cli;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Durations as every command reads and prints them: {@code 400ms}, {@code 90s}, {@code 5m}, {@code 1.5h}. */
public final class DurationOption implements ITypeConverter<Duration> {
    /** Nobody needs to be told that something takes less. */
    public static final double WORTH_SAYING_SECONDS = 2;
    private static final Pattern FORM = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,6})?)(ms|s|m|h)");

    @Override
    public Duration convert(String value) {
        Matcher m = FORM.matcher(value.strip());
        if (!m.matches()) {
            throw new TypeConversionException("'" + value + "' is not a duration; write 90s, 5m or 1h");
        }
        double milliseconds = Double.parseDouble(m.group(1)) * switch (m.group(2)) {
            case "ms" -> 1;
            case "s" -> 1_000;
            case "m" -> 60_000;
            default -> 3_600_000;
        };
        if (milliseconds < 1 || milliseconds > 30L * 24 * 3_600_000) {
            throw new TypeConversionException("'" + value + "' is out of range; from 1ms to 720h");
        }
        return Duration.ofMillis(Math.round(milliseconds));
    }

    /** Seconds as a person says them: {@code 0.4 s}, {@code 12 s}, {@code 3 min 20 s}, {@code 2 h 5 min}. */
    public static String words(double seconds) {
        if (seconds < 10) {
            return String.format(java.util.Locale.ROOT, "%.1f s", seconds);
        }
        long s = Math.round(seconds);
        if (s < 60) {
            return s + " s";
        }
        if (s < 3600) {
            return s / 60 + " min" + (s % 60 == 0 ? "" : " " + s % 60 + " s");
        }
        long minutes = Math.round(seconds / 60);
        return minutes / 60 + " h" + (minutes % 60 == 0 ? "" : " " + minutes % 60 + " min");
    }
}
