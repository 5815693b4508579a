package lib.results;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import lib.cli.UserError;

/**
 * {@code results/<yyyy-mm-dd>/<hhmmss>-<host>-<alias>/}: written as it happens, never overwritten. A row is on its way
 * to the disk before the next run starts, so a kill loses at most the run in flight. One writer at a time.
 */
public final class ExperimentFolder implements AutoCloseable {
    private static final CsvMapper CSV = CsvMapper.builder().addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .enable(CsvParser.Feature.EMPTY_STRING_AS_NULL)
            .disable(com.fasterxml.jackson.databind.MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .build();
    private static final CsvSchema ROW = CSV.schemaFor(Run.class).withoutHeader();
    private static final String HEADER = String.join(",", ROW.getColumnNames()) + "\n";
    private static final ObjectWriter ROW_WRITER = CSV.writer(ROW);
    private static final ObjectReader ROW_READER = reader(Run.class);
    private static final CsvSchema SAMPLE = CSV.schemaFor(SoakSample.class).withoutHeader();
    private static final String RUNS = "runs.csv";
    private static final String SOAK = "soak.csv";
    private static final String EXPERIMENT = "experiment.json";
    private static final String LOCK = ".lock";

    private final Path path;
    private final FileChannel runs;
    /**
     * A file of its own: POSIX drops a lock when the process closes any descriptor of the file, as every reader does.
     */
    private final FileChannel lock;
    /** Made by this object and without a row so far: if it can't be written, it goes, and can't be resumed. */
    private boolean isNew;

    private static ObjectReader reader(Class<?> row) {
        return CSV.readerFor(row).with(CsvSchema.emptySchema().withHeader())
                .without(com.fasterxml.jackson.databind.DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
    }

    private ExperimentFolder(Path path, FileChannel runs, FileChannel lock, boolean isNew) {
        this.path = path;
        this.runs = runs;
        this.lock = lock;
        this.isNew = isNew;
    }

    /** Makes the folder under {@code root}, which is made too; two experiments in one second get two folders. */
    public static ExperimentFolder create(Path root, String host, String alias) {
        ZonedDateTime now = ZonedDateTime.now(ZoneOffset.UTC);
        Path day = root.resolve(now.format(DateTimeFormatter.ISO_LOCAL_DATE));
        String name = now.format(DateTimeFormatter.ofPattern("HHmmss")) + "-"
                + host.replaceAll("[^A-Za-z0-9.]+", "-") + "-" + alias;
        try {
            Files.createDirectories(day);
            Path made = null;
            for (int i = 1; made == null; i++) {
                try {
                    made = Files.createDirectory(day.resolve(i == 1 ? name : name + "-" + i));
                } catch (FileAlreadyExistsException taken) {
                    if (!Files.isDirectory(day.resolve(name))) {
                        throw taken;
                    }
                }
            }
            FileChannel lock = lock(made);
            FileChannel channel = FileChannel.open(made.resolve(RUNS), StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.WRITE);
            ExperimentFolder folder = new ExperimentFolder(made, channel, lock, true);
            try {
                folder.append(HEADER);
            } catch (IOException full) {
                folder.close();
                remove(made);
                throw full;
            }
            return folder;
        } catch (IOException e) {
            throw new UserError("The results folder " + root + " can't be written (" + reason(e)
                    + "); choose another one with --results FOLDER", e);
        }
    }

    /**
     * Opens an experiment to go on with it. A last line that a kill cut in two is removed: it was the run in flight.
     *
     * @throws UserError if it is not an experiment folder, or another process writes to it
     */
    public static ExperimentFolder open(Path path) {
        require(path, RUNS);
        require(path, EXPERIMENT);
        try {
            FileChannel lock = lock(path);
            byte[] bytes = Files.readAllBytes(path.resolve(RUNS));
            String text = new String(bytes, StandardCharsets.UTF_8);
            if (!text.startsWith(HEADER) && !HEADER.startsWith(text)) {
                lock.close();
                throw new UserError(path.resolve(RUNS) + " has other columns than this version of perf writes; start a "
                        + "new experiment");
            }
            int whole = bytes.length;
            while (whole > 0 && bytes[whole - 1] != '\n') {
                whole--;
            }
            FileChannel channel = FileChannel.open(path.resolve(RUNS), StandardOpenOption.WRITE);
            channel.truncate(whole);
            channel.position(whole);
            ExperimentFolder folder = new ExperimentFolder(path, channel, lock, false);
            if (whole == 0) {
                folder.append(HEADER);
            }
            return folder;
        } catch (IOException e) {
            throw new UserError("The experiment " + path + " can't be opened for writing (" + reason(e) + ")", e);
        }
    }

    /** @throws UserError when another process, or another part of this one, holds it */
    private static FileChannel lock(Path folder) throws IOException {
        FileChannel channel = FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        boolean held = false;
        try {
            held = channel.tryLock() != null;
        } catch (OverlappingFileLockException another) {
            held = false;
        }
        if (!held) {
            channel.close();
            throw new UserError("The experiment " + folder
                    + " is being written by another process; wait for it to end");
        }
        return channel;
    }

    public Path path() {
        return path;
    }

    /** Adds one row and hands it to the operating system; a row that does not fit leaves no trace. */
    public void append(Run run) {
        try {
            append(ROW_WRITER.writeValueAsString(run));
            isNew = false;
        } catch (IOException e) {
            throw notWritten("The run could not be written to " + path.resolve(RUNS), e);
        }
    }

    private void append(String line) throws IOException {
        long before = runs.position();
        ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
        try {
            while (bytes.hasRemaining()) {
                runs.write(bytes);
            }
        } catch (IOException e) {
            runs.truncate(before);
            throw e;
        }
    }

    /** @param kept of the samples that are there */
    public void beginSoak(List<SoakSample> kept) {
        try {
            write(SOAK, String.join(",", SAMPLE.getColumnNames()) + "\n"
                    + CSV.writerFor(new TypeReference<List<SoakSample>>() {
                    }).with(SAMPLE).writeValueAsString(kept));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    public void append(SoakSample sample) {
        try {
            Files.writeString(path.resolve(SOAK), CSV.writer(SAMPLE).writeValueAsString(sample),
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw notWritten("The sample could not be written to " + path.resolve(SOAK), e);
        }
    }

    /**
     * Empty without a soak.
     *
     * @throws UserError if it is no such table, or a row is not what a soak writes
     */
    public static List<SoakSample> readSoak(Path folder) {
        Path file = folder.resolve(SOAK);
        List<SoakSample> samples = Files.exists(file) ? read(file, reader(SoakSample.class)) : List.of();
        Map<String, Integer> last = new HashMap<>();
        for (int i = 0; i < samples.size(); i++) {
            SoakSample sample = samples.get(i);
            int before = Objects.requireNonNullElse(last.put(sample.model(), sample.repetition()), 0);
            String wrong = sample.status() == null ? "it has no status"
                    : sample.repetition() <= before
                            ? "repetition " + sample.repetition() + " comes after repetition " + before
                            : sample.rssBytes() != null && sample.rssBytes() <= 0
                                    ? "rssBytes is " + sample.rssBytes() + ", not above 0"
                                    : null;
            if (wrong != null) {
                throw new UserError(file + ", line " + (i + 2) + ": " + wrong + "; restore the file, or delete it and "
                        + "soak anew with --resume");
            }
        }
        return samples;
    }

    /** Keeps the text of a run once, under its digest. */
    public void keepTranscript(String digest, String text) {
        Path file = path.resolve("transcripts").resolve(digest + ".txt");
        if (!Files.exists(file)) {
            write("transcripts/" + digest + ".txt", text);
        }
    }

    public void write(Experiment experiment) {
        try {
            write(EXPERIMENT, text(experiment));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Content of {@code experiment.json}. */
    public static String text(Experiment experiment) throws JsonProcessingException {
        return Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(experiment) + "\n";
    }

    /** Writes a whole file or nothing: a reader sees the old one or the new one. */
    public void write(String name, String content) {
        Path file = path.resolve(name);
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(part, content);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            try {
                Files.deleteIfExists(part);
            } catch (IOException ignored) {
                // the disk refuses everything; the first reason is the one to tell
            }
            throw notWritten(file + " could not be written", e);
        }
    }

    private UncheckedIOException notWritten(String what, IOException e) {
        if (isNew) {
            remove(path);
        }
        return new UncheckedIOException(what + " (" + reason(e) + "). " + (isNew
                ? "No run is on the disk yet and the folder is removed: mend that, or choose another one with --results"
                        + " FOLDER, and start again"
                : "The runs before it are kept: mend that and go on with --resume " + path), e);
    }

    /** A folder without a run is no result and must not be taken for one. */
    private static void remove(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException ignored) {
            // the disk refuses everything; the first reason is the one to tell
        }
    }

    /** The rows so far, in the order written. */
    public List<Run> runs() {
        return readRuns(path);
    }

    public Experiment experiment() {
        return readExperiment(path);
    }

    public static List<Run> readRuns(Path folder) {
        require(folder, RUNS);
        return read(folder.resolve(RUNS), ROW_READER);
    }

    private static <T> List<T> read(Path file, ObjectReader reader) {
        try {
            String text = Files.readString(file);
            // a reader beside a running experiment sees whole rows only
            String whole = text.substring(0, text.lastIndexOf('\n') + 1);
            return reader.<T>readValues(whole).readAll();
        } catch (JsonProcessingException e) {
            throw new UserError(file + " is not a table of this version of perf: line " + e.getLocation().getLineNr()
                    + ", " + firstLine(e.getCause() == null ? e.getOriginalMessage() : e.getCause().getMessage()), e);
        } catch (IOException e) {
            throw new UserError(file + " can't be read (" + reason(e) + ")", e);
        }
    }

    public static Experiment readExperiment(Path folder) {
        require(folder, EXPERIMENT);
        Path file = folder.resolve(EXPERIMENT);
        try {
            Experiment experiment = Json.MAPPER.readValue(file.toFile(), Experiment.class);
            if (experiment.schemaVersion() != Experiment.SCHEMA_VERSION) {
                throw new UserError(file + " has schemaVersion " + experiment.schemaVersion()
                        + ", this version of perf reads " + Experiment.SCHEMA_VERSION + "; measure again");
            }
            Plan plan = experiment.plan();
            if (experiment.environment() == null || plan == null || !plan.whole()) {
                throw new UserError(file + " is damaged: its plan or its environment is not whole; restore it");
            }
            return experiment;
        } catch (JsonProcessingException e) {
            throw new UserError(file + " is not an experiment: " + firstLine(e.getOriginalMessage()), e);
        } catch (IOException e) {
            throw new UserError(file + " can't be read (" + reason(e) + ")", e);
        }
    }

    private static void require(Path folder, String name) {
        if (!Files.isRegularFile(folder.resolve(name))) {
            throw new UserError(folder + " is not an experiment folder: it has no " + name);
        }
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse("");
    }

    private static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "no permission";
        }
        if (e instanceof FileAlreadyExistsException exists) {
            return exists.getFile() + " is a file";
        }
        if (e instanceof NoSuchFileException) {
            return "does not exist";
        }
        if (e instanceof FileSystemException other && other.getReason() != null) {
            return other.getReason();
        }
        return e.getMessage();
    }

    @Override
    public void close() {
        try {
            runs.close();
            Files.deleteIfExists(path.resolve(LOCK));
            lock.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
