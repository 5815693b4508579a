package lib.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.InvalidPathException;
import java.time.Duration;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * Runs a command: exit code 0 done, 1 the measurement or the tests failed, 2 bad input or a missing requirement, 130
 * interrupted. What went wrong is one sentence on stderr; the stack trace comes with {@code --verbose} only.
 */
public final class Cli {
    public static final int DONE = 0;
    public static final int FAILED = 1;
    public static final int BAD_INPUT = 2;
    private static final int HELP_COLUMNS = 100;

    private Cli() {
    }

    /** The options that every command has. */
    @Command(sortOptions = false, usageHelpAutoWidth = false,
            abbreviateSynopsis = true,
            usageHelpWidth = HELP_COLUMNS)
    public abstract static class Base implements java.util.concurrent.Callable<Integer> {
        @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help and exit.")
        boolean help;

        @Option(names = "--verbose", description = "Stack traces with error messages.")
        protected boolean verbose;
    }

    /** Runs the command; the caller hands the result to {@link System#exit}. */
    public static int run(Base command, String... args) {
        CommandLine line = new CommandLine(command);
        // an alias's own arguments come before the user's, and the user's win
        line.setOverwrittenOptionsAllowed(true);
        // a clip may be called @home.wav
        line.setExpandAtFiles(false);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.registerConverter(Duration.class, new DurationOption());
        line.setExecutionStrategy(Cli::execute);
        line.setParameterExceptionHandler(Cli::badArguments);
        line.setExecutionExceptionHandler((e, l, parsed) -> failed(command, e));
        return line.execute(args);
    }

    /**
     * An empty value is what a script passes whose variable is not set; taken at its word it would be the current
     * folder.
     */
    private static int execute(ParseResult parsed) {
        if (!parsed.isUsageHelpRequested()) {
            for (ArgSpec argument : parsed.matchedArgs()) {
                if (argument.arity().max() > 0 && argument.stringValues().stream().anyMatch(String::isBlank)) {
                    throw new ParameterException(parsed.commandSpec().commandLine(),
                            (argument instanceof OptionSpec option ? option.longestName() + " " : "")
                                    + argument.paramLabel() + " was given an empty value; fill it in, or leave it out");
                }
            }
        }
        return new CommandLine.RunLast().execute(parsed);
    }

    private static int badArguments(ParameterException e, String[] args) {
        PrintWriter err = e.getCommandLine().getErr();
        err.println(oneSentence(e.getMessage()).replaceFirst(" is not an? (int|long)$", " is not a whole number"));
        if (e instanceof CommandLine.UnmatchedArgumentException unmatched) {
            CommandLine.UnmatchedArgumentException.printSuggestions(unmatched, err);
        }
        err.println("See --help for the options.");
        return BAD_INPUT;
    }

    private static int failed(Base command, Exception e) {
        System.out.flush();
        System.err.println(message(e));
        if (command.verbose) {
            e.printStackTrace();
        }
        return e instanceof UserError || e instanceof InvalidPathException ? BAD_INPUT : FAILED;
    }

    private static String message(Exception e) {
        if (e instanceof UserError || e instanceof UncheckedIOException || e instanceof MeasurementFailed) {
            return oneSentence(e.getMessage());
        }
        if (e instanceof InvalidPathException) {
            return "The path " + oneSentence(((InvalidPathException) e).getInput())
                    + " can't be used in this locale; set LC_ALL=C.UTF-8 and try again";
        }
        StringWriter where = new StringWriter();
        StackTraceElement[] trace = e.getStackTrace();
        if (trace.length > 0) {
            where.append(" at ").append(trace[0].toString());
        }
        return "Unexpected: " + oneSentence(String.valueOf(e)) + where
                + ". This is a defect of perf; run it again with "
                + "--verbose and report what it prints";
    }

    /** A value with line breaks or terminal escapes, quoted back at the user, must not take over the terminal. */
    static String oneSentence(String message) {
        return String.valueOf(message).replaceAll("\\R+", " ").replaceAll("\\p{Cntrl}", "?").strip();
    }
}
