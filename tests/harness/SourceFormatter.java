package tests.harness;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.eclipse.jdt.core.JavaCore;
import org.eclipse.jdt.core.ToolFactory;
import org.eclipse.jdt.core.formatter.CodeFormatter;
import org.eclipse.jdt.core.formatter.DefaultCodeFormatterConstants;
import org.eclipse.jface.text.BadLocationException;
import org.eclipse.jface.text.Document;
import org.eclipse.text.edits.TextEdit;

/** The one formatter of the sources: Eclipse's, with the settings of {@code formatter.prefs}. */
public final class SourceFormatter {
    /** The settings, from the root of the checkout. */
    public static final Path SETTINGS = Path.of("tests", "harness", "formatter.prefs");
    private static final String PREFIX = "org.eclipse.jdt.core.formatter.";

    private static final String NOT_JAVA = "the formatter can't read it as Java 17";

    private final CodeFormatter formatter;

    /** @throws IllegalStateException on a setting that this formatter does not know: it would be ignored in silence */
    public SourceFormatter(Path settings) throws IOException {
        Properties ours = new Properties();
        try (Reader reader = Files.newBufferedReader(settings)) {
            ours.load(reader);
        }
        Map<String, String> options = DefaultCodeFormatterConstants.getJavaConventionsSettings();
        ours.forEach((key, value) -> {
            if (options.put(PREFIX + key, value.toString()) == null) {
                throw new IllegalStateException("the formatter knows no setting '" + key + "' (" + settings + ")");
            }
        });
        options.put(JavaCore.COMPILER_SOURCE, JavaCore.VERSION_17);
        options.put(JavaCore.COMPILER_COMPLIANCE, JavaCore.VERSION_17);
        options.put(JavaCore.COMPILER_CODEGEN_TARGET_PLATFORM, JavaCore.VERSION_17);
        formatter = ToolFactory.createCodeFormatter(options, ToolFactory.M_FORMAT_EXISTING);
    }

    /**
     * The source as it should be.
     *
     * @throws IllegalArgumentException if it is not Java
     */
    public String format(String source) {
        TextEdit edit;
        try {
            edit = formatter.format(CodeFormatter.K_COMPILATION_UNIT | CodeFormatter.F_INCLUDE_COMMENTS, source, 0,
                    source.length(), 0, "\n");
        } catch (IndexOutOfBoundsException e) {
            throw new IllegalArgumentException(NOT_JAVA, e);
        }
        if (edit == null) {
            throw new IllegalArgumentException(NOT_JAVA);
        }
        Document document = new Document(source);
        try {
            edit.apply(document);
        } catch (BadLocationException e) {
            throw new IllegalStateException(e);
        }
        return document.get();
    }

    /** Rewrites the file if it is not formatted; true if it was changed. */
    public boolean rewrite(Path file) throws IOException {
        String source = Files.readString(file);
        String formatted = format(source);
        if (formatted.equals(source)) {
            return false;
        }
        Files.writeString(file, formatted);
        return true;
    }
}
