package lib.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import lib.results.Cores;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Engine threads at a point: {@code match} is as many as whole cores ({@code floor(cores)}, at least 1); a number or a
 * list is used at every core count. An empty list stands for match.
 */
public record ThreadCounts(List<Integer> fixed) {
    private static final int MOST = 1024;

    public ThreadCounts {
        fixed = List.copyOf(new TreeSet<>(fixed));
    }

    public List<Integer> at(double cores) {
        return fixed.isEmpty() ? List.of(Cores.whole(cores)) : fixed;
    }

    /** For picocli. */
    public static final class Converter implements ITypeConverter<ThreadCounts> {
        @Override
        public ThreadCounts convert(String value) {
            if (value.equals("match")) {
                return new ThreadCounts(List.of());
            }
            List<Integer> counts = new ArrayList<>();
            for (String part : value.split(",", -1)) {
                if (!part.strip().matches("[1-9]\\d{0,3}") || Integer.parseInt(part.strip()) > MOST) {
                    throw new TypeConversionException(
                            "'" + value + "' is not a thread count; write match, a number from 1 to 1024, or a list "
                                    + "such as 1,2,4");
                }
                counts.add(Integer.parseInt(part.strip()));
            }
            return new ThreadCounts(counts);
        }
    }
}
