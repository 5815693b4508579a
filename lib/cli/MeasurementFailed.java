package lib.cli;

/** The input was right and the measurement still came to nothing: one sentence on stderr, exit code 1. */
public final class MeasurementFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public MeasurementFailed(String message) {
        super(message);
    }
}
