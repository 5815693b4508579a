package lib.stats;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import lib.results.Estimate;
import lib.stats.ScalingVerdict.Level;

/**
 * Amdahl's law (AFIPS 1967), latency(n) = latency(1) · (s + (1 - s) / n), fitted to the medians by least squares of the
 * relative errors, with s held within 0 to 1.
 *
 * @param serialFraction s, with its bootstrap interval where every point bears one
 * @param oneCoreSeconds latency(1) of the fit
 * @param residuals per point, measured / fitted - 1
 */
public record Amdahl(Estimate serialFraction, double oneCoreSeconds, List<Residual> residuals) {
    /** Two points fit any s exactly, so nothing would be left to doubt it with; docs/method.md, rule 22. */
    public static final int MIN_POINTS = 3;
    /** docs/method.md, rule 22. */
    public static final double LARGEST_EXTRAPOLATION = 2;

    public record Residual(double cores, double relative) {
    }

    private record Fit(double serialSeconds, double parallelSeconds) {
        double serialFraction() {
            return serialSeconds / (serialSeconds + parallelSeconds);
        }

        double at(double cores) {
            return serialSeconds + parallelSeconds / cores;
        }
    }

    public Amdahl {
        residuals = List.copyOf(residuals);
    }

    /**
     * Empty below {@value #MIN_POINTS} measured counts of whole cores. A fraction of a core is left out: it slows the
     * serial part as well, which the law does not know.
     */
    public static Optional<Amdahl> fit(List<Level> points, long seed) {
        List<Level> whole = points.stream()
                .filter(p -> p.measured() && p.cores() == Math.rint(p.cores()))
                .sorted(Comparator.comparing(Level::cores)).toList();
        if (whole.size() < MIN_POINTS) {
            return Optional.empty();
        }
        double[] cores = whole.stream().mapToDouble(Level::cores).toArray();
        double[][] runs = whole.stream().map(p -> Bootstrap.positive(p.latencySeconds())).toArray(double[][]::new);
        double[] medians = IntStream.range(0, runs.length).mapToDouble(i -> Summary.medianOf(runs[i])).toArray();
        Fit fit = fit(cores, medians);
        List<Residual> residuals = IntStream.range(0, cores.length)
                .mapToObj(i -> new Residual(cores[i], medians[i] / fit.at(cores[i]) - 1)).toList();
        return Optional.of(new Amdahl(interval(fit, cores, runs, seed), fit.at(1), residuals));
    }

    /** @throws IllegalArgumentException beyond {@value #LARGEST_EXTRAPOLATION} × the largest count measured */
    public double latencySecondsAt(double cores) {
        double largest = residuals.get(residuals.size() - 1).cores();
        if (cores < 1 || cores > LARGEST_EXTRAPOLATION * largest) {
            throw new IllegalArgumentException("the fit up to " + Sentences.cores(largest) + " says nothing about "
                    + Sentences.cores(cores));
        }
        double s = serialFraction.value();
        return oneCoreSeconds * (s + (1 - s) / cores);
    }

    public String sentence() {
        double worst = residuals.stream().mapToDouble(r -> Math.abs(r.relative())).max().orElseThrow();
        String doubt = serialFraction.hasInterval() && serialFraction.low() == 0 && serialFraction.high() > 0
                ? "; perfect scaling can't be told from a serial part" : "";
        return "Amdahl's law fits a serial fraction of " + Sentences.interval(serialFraction, 3)
                + String.format(Locale.ROOT, ", with residuals of up to %.1f %%", worst * 100) + doubt + ".";
    }

    private static Estimate interval(Fit fit, double[] cores, double[][] runs, long seed) {
        for (double[] sample : runs) {
            if (sample.length < Summary.MIN_RUNS_FOR_INTERVAL) {
                return new Estimate(fit.serialFraction(), null, null);
            }
        }
        SplittableRandom random = new SplittableRandom(seed);
        double[] replicates = new double[Bootstrap.RESAMPLES];
        double[] medians = new double[runs.length];
        for (int r = 0; r < replicates.length; r++) {
            for (int i = 0; i < runs.length; i++) {
                medians[i] = Bootstrap.resampledMedian(runs[i], random);
            }
            replicates[r] = fit(cores, medians).serialFraction();
        }
        return Bootstrap.interval(fit.serialFraction(), replicates);
    }

    /** Normal equations of 1 = serial · (1 / y) + parallel · (1 / (n y)): dividing by y makes the errors relative. */
    private static Fit fit(double[] cores, double[] y) {
        double ss = 0;
        double sp = 0;
        double pp = 0;
        double s = 0;
        double p = 0;
        for (int i = 0; i < y.length; i++) {
            double u = 1 / y[i];
            double v = u / cores[i];
            ss += u * u;
            sp += u * v;
            pp += v * v;
            s += u;
            p += v;
        }
        double determinant = ss * pp - sp * sp;
        double serial = (s * pp - p * sp) / determinant;
        double parallel = (p * ss - s * sp) / determinant;
        if (serial < 0) {
            return new Fit(0, p / pp);
        }
        return parallel < 0 ? new Fit(s / ss, 0) : new Fit(serial, parallel);
    }
}
