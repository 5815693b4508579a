package tests.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import lib.measure.Judgement;
import lib.report.ExperimentReport;
import lib.results.Experiment;
import lib.results.ExperimentFolder;
import lib.results.Json;

/**
 * The committed experiments and everything that is derived from their rows: their own summaries, verdicts, charts and
 * pages, and the blocks of the documents that show them. {@code ./jbang test --examples} writes it anew; a test finds
 * whatever differs.
 *
 * <p>A block stands between {@code <!-- example: ALIAS -->} and {@code <!-- end -->}. An experiment is an example
 * because a document links to its folder; there is one for each command.
 */
public final class Examples {
    private static final Pattern BLOCK = Pattern.compile("(<!-- example: ([a-z-]+) -->\n).*?(<!-- end -->)",
            Pattern.DOTALL);
    private static final Pattern FOLDER = Pattern.compile("results/\\d{4}-\\d\\d-\\d\\d/\\d{6}-[A-Za-z0-9.-]+");

    private final Map<Path, String> documents = new LinkedHashMap<>();
    private final Map<String, Path> folders = new LinkedHashMap<>();

    /**
     * @param root that the links of the documents start from; the working directory, as reports name their folder
     * @param newer experiments that take the place of those of the same command
     */
    public Examples(Path root, List<Path> newer) throws IOException {
        try (Stream<Path> files = Files.walk(root.resolve("docs"))) {
            for (Path file : Stream.concat(Stream.of(root.resolve("README.md")), files.filter(f -> f.toString()
                    .endsWith(".md"))).sorted().toList()) {
                documents.put(file, Files.readString(file));
            }
        }
        Set<String> aliases = new HashSet<>();
        Json.MAPPER.readTree(root.resolve("jbang-catalog.json").toFile()).get("aliases").fieldNames()
                .forEachRemaining(aliases::add);
        for (String text : documents.values()) {
            FOLDER.matcher(text).results().map(MatchResult::group).distinct().map(Path::of)
                    .forEach(folder -> folders.put(alias(folder, aliases), folder));
        }
        for (Path folder : newer) {
            Path old = folders.put(ExperimentFolder.readExperiment(folder).alias(), folder);
            documents.replaceAll((file, text) -> old == null ? text : text.replace(old.toString(), folder.toString()));
        }
    }

    /** As the folder's name ends; the experiment itself may be of a version that can't be read any more. */
    private static String alias(Path folder, Set<String> aliases) {
        return aliases.stream().filter(a -> folder.toString().endsWith("-" + a)).max(Comparator.comparing(
                String::length)).orElse(folder.toString());
    }

    /** What every derived file should hold. */
    public Map<Path, String> derived() throws IOException {
        Map<Path, String> files = new LinkedHashMap<>();
        Map<String, String> texts = new LinkedHashMap<>();
        for (Path folder : folders.values()) {
            Experiment experiment = Judgement.again(ExperimentFolder.readExperiment(folder),
                    ExperimentFolder.readRuns(folder), ExperimentFolder.readSoak(folder));
            ExperimentReport report = ExperimentReport.of(folder, experiment);
            files.put(folder.resolve("experiment.json"), ExperimentFolder.text(experiment));
            report.files().forEach((name, content) -> files.put(folder.resolve(name), content));
            texts.put(experiment.alias(), report.text());
        }
        documents.forEach((file, text) -> files.put(file, BLOCK.matcher(text).replaceAll(block -> Matcher
                .quoteReplacement(block.group(1) + "```text\n" + texts.getOrDefault(block.group(2), "Not measured yet.")
                        + "\n```\n" + block.group(3)))));
        return files;
    }

    /** @return the files that were not as they should be */
    public List<Path> write() throws IOException {
        List<Path> written = new ArrayList<>();
        for (Map.Entry<Path, String> file : derived().entrySet()) {
            if (!Files.exists(file.getKey()) || !Files.readString(file.getKey()).equals(file.getValue())) {
                Files.writeString(file.getKey(), file.getValue());
                written.add(file.getKey());
            }
        }
        return written;
    }
}
