package lib.audio;

/**
 * This one file can't be used, and its message says why; unlike a full disk or a decoder that can't be started, that
 * says nothing about the next file.
 */
final class UnusableClip extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnusableClip(String message) {
        super(message);
    }

    UnusableClip(String message, Throwable cause) {
        super(message, cause);
    }
}
