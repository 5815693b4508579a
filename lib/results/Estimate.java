package lib.results;

/**
 * A figure with its 95 % interval, in the unit of the field that holds it. {@code low} and {@code high} are null when
 * the sample is too small to bear an interval; then the figure is shown and nothing may be concluded from it.
 */
public record Estimate(double value, Double low, Double high) {
    public Estimate {
        if ((low == null) != (high == null)) {
            throw new IllegalArgumentException("an interval has both ends or none");
        }
        if (low != null && low > high) {
            throw new IllegalArgumentException("interval upside down: " + low + " > " + high);
        }
    }

    /** Half the width of the interval relative to the value (0.03 is ±3 %), or null without an interval. */
    public Double precision() {
        return low == null ? null : (high - low) / 2 / Math.abs(value);
    }

    public boolean hasInterval() {
        return low != null;
    }

    /** @param factor above 0 */
    public Estimate times(double factor) {
        return new Estimate(value * factor, low == null ? null : low * factor, high == null ? null : high * factor);
    }

    public Estimate inverse() {
        return new Estimate(1 / value, high == null ? null : 1 / high, low == null ? null : 1 / low);
    }
}
