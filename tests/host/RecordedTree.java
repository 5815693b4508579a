package tests.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Unpacks a machine's files from {@code tests/data/host}. */
final class RecordedTree {
    private static final String FILE = "=== ";

    private RecordedTree() {
    }

    /** @return the folder that stands for {@code /} */
    static Path unpack(String name, Path folder) throws IOException {
        Path file = null;
        StringBuilder text = new StringBuilder();
        for (String line : Files.readAllLines(Path.of("tests/data/host", name + ".tree"))) {
            if (line.startsWith(FILE)) {
                write(file, text);
                file = folder.resolve(line.substring(FILE.length()));
            } else if (file != null) {
                text.append(line).append('\n');
            }
        }
        write(file, text);
        return folder;
    }

    private static void write(Path file, StringBuilder text) throws IOException {
        if (file != null) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
            text.setLength(0);
        }
    }
}
