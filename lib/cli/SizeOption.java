package lib.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Sizes in bytes as every command reads and prints them: {@code 260KB}, {@code 26MB}, {@code 2GB} (powers of 1000). */
public final class SizeOption implements ITypeConverter<Long> {
    private static final Pattern FORM = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,6})?)(B|KB|MB|GB)?",
            Pattern.CASE_INSENSITIVE);

    @Override
    public Long convert(String value) {
        Matcher m = FORM.matcher(value.strip());
        if (!m.matches()) {
            throw new TypeConversionException("'" + value + "' is not a size; write 260KB or 26MB");
        }
        String unit = m.group(2) == null ? "B" : m.group(2).toUpperCase(Locale.ROOT);
        return Math.round(Double.parseDouble(m.group(1)) * switch (unit) {
            case "KB" -> 1e3;
            case "MB" -> 1e6;
            case "GB" -> 1e9;
            default -> 1;
        });
    }

    public static String words(long bytes) {
        if (bytes >= 10_000_000_000L) {
            return String.format(Locale.ROOT, "%.0f GB", bytes / 1e9);
        }
        if (bytes >= 1_000_000_000L) {
            return String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
        }
        return bytes >= 1_000_000 ? Math.round(bytes / 1e6) + " MB"
                : bytes >= 1_000 ? Math.round(bytes / 1e3) + " KB" : bytes + " bytes";
    }
}
