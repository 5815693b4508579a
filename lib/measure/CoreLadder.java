package lib.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * The CPU limits of an experiment, in cores, rising. {@code 8} is the ladder 1, 2, 4, 8; {@code 6} is 1, 2, 4, 6; a
 * list such as {@code 0.5,1,1.5,2} is taken as it stands.
 */
public record CoreLadder(List<Double> cores) {
    /** Docker refuses less than 0.01 CPU; below 0.1 a quota period leaves too few milliseconds to mean anything. */
    private static final double LEAST = 0.1;
    private static final double MOST = 1024;

    public CoreLadder {
        cores = List.copyOf(new TreeSet<>(cores));
    }

    public static CoreLadder upTo(double most) {
        List<Double> steps = new ArrayList<>();
        for (double step = 1; step < most; step *= 2) {
            steps.add(step);
        }
        steps.add(most);
        return new CoreLadder(steps);
    }

    /** For picocli. */
    public static final class Converter implements ITypeConverter<CoreLadder> {
        @Override
        public CoreLadder convert(String value) {
            List<Double> cores = new ArrayList<>();
            for (String part : value.split(",", -1)) {
                cores.add(one(part.strip(), value));
            }
            return cores.size() == 1 ? upTo(cores.get(0)) : new CoreLadder(cores);
        }

        private static double one(String part, String all) {
            String good = "; write --cores 8 for the ladder 1, 2, 4, 8, or a list such as 0.5,1,2";
            // no exponents, signs, hexadecimal floats or NaN: Double.parseDouble knows more than a core count may be
            if (!part.matches("\\d{1,4}(\\.\\d{1,3})?")) {
                throw new TypeConversionException("'" + all + "' is not a core count" + good);
            }
            double cores = Double.parseDouble(part);
            if (cores < LEAST || cores > MOST) {
                throw new TypeConversionException("'" + part + "' cores is out of range (from 0.1 to 1024)" + good);
            }
            return cores;
        }
    }
}
