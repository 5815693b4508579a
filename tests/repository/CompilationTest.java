package tests.repository;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tests.harness.Checkout;

class CompilationTest {
    @TempDir
    Path classes;

    @Test
    void everySourceCompilesWithoutAnyWarning() throws IOException {
        assertEquals("", String.join("\n", problems(Checkout.javaSources(Checkout.root()))));
    }

    @Test
    void aRawTypeIsAWarning() throws IOException {
        Path source = Files.writeString(classes.resolve("Raw.java"),
                "class Raw {\n    java.util.List list;\n}\n");
        assertEquals(List.of(source + ":2: found raw type: java.util.List"),
                problems(List.of(source)).stream().map(p -> p.lines().findFirst().orElseThrow()).toList());
    }

    /**
     * {@code -path} is off: it only reports folders of the class path that are not there, which is no fault of ours.
     */
    private List<String> problems(List<Path> sources) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        List<String> options = List.of("-Xlint:all,-path", "-proc:none", "--release", "17", "-d",
                classes.toString(), "-cp", System.getProperty("java.class.path"));
        try (StandardJavaFileManager files = compiler.getStandardFileManager(found, Locale.ROOT,
                StandardCharsets.UTF_8)) {
            compiler.getTask(null, files, found, options, null, files.getJavaFileObjectsFromPaths(sources)).call();
        }
        List<String> problems = new ArrayList<>();
        for (Diagnostic<? extends JavaFileObject> d : found.getDiagnostics()) {
            if (d.getSource() != null && d.getKind() != Diagnostic.Kind.NOTE) {
                problems.add(d.getSource().getName() + ":" + d.getLineNumber() + ": " + d.getMessage(Locale.ROOT));
            }
        }
        return problems;
    }
}
