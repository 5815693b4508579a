package lib.host;

/**
 * From where on others disturb a measurement: above B its grade is B, above C no verdict is drawn. In one place, so
 * that the doctor warns beforehand of what a measurement would be graded down for.
 */
public final class Noise {
    /** In cores. The lab itself and a quiet system use less than the first. */
    public static final double OTHER_LOAD_B = 0.15;
    public static final double OTHER_LOAD_C = 0.5;
    /** Time stolen by the hypervisor, in cores for each core of the limit. */
    public static final double STEAL_B = 0.01;
    public static final double STEAL_C = 0.05;

    private Noise() {
    }
}
