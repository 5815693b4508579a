package lib.cli;

/**
 * A mistake or a missing requirement that the user can mend: the command ends with exit code 2 and this one sentence on
 * stderr. The message says what is wrong, which value was given, and what to do.
 */
public final class UserError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UserError(String message) {
        super(message);
    }

    public UserError(String message, Throwable cause) {
        super(message, cause);
    }
}
