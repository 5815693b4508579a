///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//DESCRIPTION Fetch a Whisper model by name and check its digest, or check a model file of your own
//RUNTIME_OPTIONS -XX:+UseSerialGC -XX:TieredStopAtLevel=1
//SOURCES ../lib/cli/package-info.java
//SOURCES ../lib/engine/package-info.java

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import lib.cli.Cli;
import lib.cli.Download;
import lib.cli.Home;
import lib.cli.Progress;
import lib.cli.SizeOption;
import lib.cli.UserError;
import lib.engine.ModelFile;
import lib.engine.ModelStore;
import lib.results.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Brings a model into the cache, where every command finds it by its name.
 *
 * <pre> ./jbang fetch-model small </pre>
 *
 * Prints the path of each model fetched, what is in each file checked, or, without a model, the list of those that have
 * a name. A download that broke off goes on where it stopped when the command is run again.
 */
@Command(name = "fetch-model",
        description = "Fetch a Whisper model by name and check its digest, or check a model file of your own")
public class FetchModel extends Cli.Base {
    @Parameters(arity = "0..*", paramLabel = "NAME|PATH", description = "A name is fetched unless it is here; a path "
            + "is a ggml model file to be checked. Without any: the names, and where each model is.")
    List<String> models = new ArrayList<>();

    @Option(names = "--verify", description = "Fetch nothing: look into the files that are here, also behind a name.")
    boolean verify;

    @Option(names = "--list", description = "The names, and where each model is.")
    boolean list;

    @Option(names = "--json", description = "Print the result as JSON.")
    boolean json;

    /** @param path null when the model is not here */
    record Listed(String name, String purpose, long bytes, ModelStore.Place place, String path, Long partBytes) {
    }

    /**
     * A file that was fetched or looked into.
     *
     * @param pinned which of the manifest's files it is, null for none of them
     * @param type null, like what follows, for a file that was not looked into: its digest says what it is
     */
    record Model(String name, String path, long bytes, String sha256, ModelStore.Pinned pinned, String type,
            String quantisation, Boolean multilingual) {
    }

    public static void main(String... args) {
        System.exit(Cli.run(new FetchModel(), args));
    }

    @Override
    public Integer call() throws IOException {
        Home home = Home.find();
        checkArguments(home);
        if (models.isEmpty()) {
            printList(home);
            return Cli.DONE;
        }
        List<Model> done = new ArrayList<>();
        for (String model : models) {
            boolean named = ModelStore.names(home).contains(model);
            done.add(named && !verify ? fetch(home, model) : named ? checkNamed(home, model) : checkFile(home, model));
            if (!json) {
                System.out.println(text(home, done.get(done.size() - 1)));
            }
        }
        if (json) {
            printJson(done);
        }
        return Cli.DONE;
    }

    /** All of them before the first download. */
    private void checkArguments(Home home) {
        if (list && !models.isEmpty()) {
            throw new UserError("--list takes no model, " + models.get(0) + " was given; leave one of the two out");
        }
        if (verify && models.isEmpty()) {
            throw new UserError("--verify needs a model: give one of " + String.join(", ", ModelStore.names(home))
                    + ", or the path of a ggml model file");
        }
        models.stream().filter(model -> !ModelStore.names(home).contains(model))
                .forEach(path -> ModelStore.find(home, path, Download.SILENT));
    }

    private static Model fetch(Home home, String name) throws IOException {
        ModelStore.Fetched fetched = ModelStore.fetch(home, name, Progress.ofDownload("fetching " + name),
                System.getenv());
        long bytes = Files.size(fetched.path());
        System.err.println(name + ": " + SizeOption.words(bytes) + ", SHA-256 as pinned (" + words(fetched.pinned())
                + ")");
        return new Model(name, fetched.path().toString(), bytes, fetched.pinned().sha256(), fetched.pinned(), null,
                null, null);
    }

    private static Model checkNamed(Home home, String name) {
        Path path = ModelStore.known(home).stream().filter(known -> known.name().equals(name))
                .findFirst().orElseThrow().path();
        if (path == null) {
            throw new UserError("Model " + name + " is not on this machine, so there is nothing to verify; fetch it "
                    + "with: ./jbang fetch-model " + name);
        }
        Model model = checkFile(home, path.toString());
        if (model.pinned == null) {
            throw new UserError(path + " is not the pinned model: its SHA-256 is " + model.sha256 + " instead of "
                    + digests(home, name) + "; fetch it again with: ./jbang fetch-model " + name);
        }
        return model;
    }

    private static Model checkFile(Home home, String path) {
        ModelFile file = ModelFile.check(Path.of(path));
        ModelStore.Pinned pinned = ModelStore.pinned(home).stream().filter(p -> p.sha256().equals(file.sha256()))
                .findFirst().orElse(null);
        return new Model(file.name(), path, file.bytes(), file.sha256(), pinned, file.type(), file.quantisation(),
                file.multilingual());
    }

    private static String text(Home home, Model m) {
        if (m.type == null) {
            return m.path; // alone, so that --model "$(./jbang fetch-model small)" works
        }
        String digests = digests(home, m.name);
        String pinned = m.pinned != null ? "yes, " + words(m.pinned)
                : digests.isEmpty() ? "no, a model of your own" : "no, " + m.name + " has SHA-256 " + digests;
        return """
                name          %s
                path          %s
                type          %s, %s
                quantisation  %s
                bytes         %,d
                SHA-256       %s
                pinned        %s""".formatted(m.name, m.path, m.type, m.multilingual ? "multilingual" : "English only",
                m.quantisation, m.bytes, m.sha256, pinned);
    }

    private static String words(ModelStore.Pinned pinned) {
        return pinned.name() + " of " + pinned.publisher();
    }

    /** What a name stands for, empty for a name that the manifest does not have. */
    private static String digests(Home home, String name) {
        return ModelStore.pinned(home).stream().filter(p -> p.name().equals(name))
                .map(p -> p.sha256() + " (" + p.publisher() + ")").collect(Collectors.joining(" or "));
    }

    private void printList(Home home) throws IOException {
        List<ModelStore.Known> known = ModelStore.known(home);
        if (json) {
            printJson(known.stream().map(m -> new Listed(m.name(), m.purpose(), m.bytes(), m.place(),
                    m.path() == null ? null : m.path().toString(), m.partBytes())).toList());
            return;
        }
        int purposeColumns = known.stream().mapToInt(m -> m.purpose().length()).max().orElse(0);
        String row = "%-12s  %6s  %-" + purposeColumns + "s  %s%n";
        System.out.printf(row, "name", "size", "what for", "where");
        known.forEach(m -> System.out.printf(row, m.name(), SizeOption.words(m.bytes()), m.purpose(), where(m)));
    }

    private static String where(ModelStore.Known m) {
        return switch (m.place()) {
            case CHECKOUT -> "in this checkout: " + m.path();
            case CACHE -> "in the cache: " + m.path();
            case NOT_HERE -> "not here" + (m.partBytes() == null
                    ? ""
                    : ", " + SizeOption.words(m.partBytes()) + " of an unfinished download");
        };
    }

    private static void printJson(Object result) throws IOException {
        System.out.println(Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(result));
    }
}
