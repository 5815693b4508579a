package tests.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import lib.cli.Cli;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

class CliTest {
    private final PrintStream console = System.err;
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    /** Options as a room brings them. */
    private static final class Shared {
        @Option(names = "--results", paramLabel = "FOLDER", defaultValue = "results")
        Path results;

        @Option(names = "--json")
        boolean json;
    }

    @Command(name = "measure")
    private static final class Measure extends Cli.Base {
        @Option(names = {"-f", "--filter"}, paramLabel = "TEXT")
        List<String> filters = List.of();

        @Option(names = "--runs", paramLabel = "N", defaultValue = "6")
        int runs;

        @Option(names = "--note", paramLabel = "TEXT", defaultValue = "")
        String note;

        @Parameters(paramLabel = "FILE", arity = "0..*")
        List<Path> files = List.of();

        @Mixin
        Shared shared;

        @Override
        public Integer call() {
            return Cli.DONE;
        }
    }

    @BeforeEach
    void listen() {
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void hangUp() {
        System.setErr(console);
    }

    private String said() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--results|", "--results=", "--results| ", "--results|here|--results|"})
    void anOptionWithAnEmptyValueIsNamedWithWhatBelongsThere(String arguments) {
        assertEquals(Cli.BAD_INPUT, Cli.run(new Measure(), arguments.split("\\|", -1)));
        assertEquals("--results FOLDER was given an empty value; fill it in, or leave it out",
                said().lines().findFirst().orElse(""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-f|cli|-f|", "--runs|", "a.wav|"})
    void noOtherKindOfArgumentTakesAnEmptyValueEither(String arguments) {
        assertEquals(Cli.BAD_INPUT, Cli.run(new Measure(), arguments.split("\\|", -1)), said());
    }

    @Test
    void whatIsNotGivenMayBeEmptyAndFlagsNeedNoValue() {
        assertEquals(Cli.DONE, Cli.run(new Measure(), "--json", "--verbose", "a.wav", "--filter", "x"), said());
    }
}
