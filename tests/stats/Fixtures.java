package tests.stats;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Rows of {@code tests/data/stats}, and samples whose truth is known. */
final class Fixtures {
    private Fixtures() {
    }

    /** The cells of each row; an empty last cell is kept. */
    static List<String[]> rows(String file) throws IOException {
        List<String> lines = Files.readAllLines(Path.of("tests/data/stats", file));
        return lines.stream().skip(1).map(line -> line.split(",", -1)).toList();
    }

    static double[] numbers(String cell) {
        return Arrays.stream(cell.split(" ")).mapToDouble(Double::parseDouble).toArray();
    }

    /** Null for an empty cell. */
    static Double number(String cell) {
        return cell.isEmpty() ? null : Double.valueOf(cell);
    }

    /** Values around {@code median} with log-normal noise of {@code sigma} (0.02 is about 2 %). */
    static double[] logNormal(int n, double median, double sigma, Random random) {
        double[] values = new double[n];
        for (int i = 0; i < n; i++) {
            values[i] = median * Math.exp(sigma * random.nextGaussian());
        }
        return values;
    }

    /** Values of median {@code median} that can be slow and never much faster, as on a machine with other load. */
    static double[] oneSided(int n, double median, double sigma, Random random) {
        double[] values = new double[n];
        for (int i = 0; i < n; i++) {
            values[i] = median * Math.exp(sigma * (-Math.log(1 - random.nextDouble()) - Math.log(2)));
        }
        return values;
    }

    static double[] shuffled(double[] values, Random random) {
        double[] mixed = values.clone();
        for (int i = mixed.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            double held = mixed[i];
            mixed[i] = mixed[j];
            mixed[j] = held;
        }
        return mixed;
    }

    static double[] times(double factor, double[] values) {
        return Arrays.stream(values).map(v -> v * factor).toArray();
    }

    static double[] repeated(double value, int n) {
        double[] values = new double[n];
        Arrays.fill(values, value);
        return values;
    }
}
