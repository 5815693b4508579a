package tests.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FormatterTest {
    private static final Path ROOT = Checkout.root();
    private final SourceFormatter formatter;

    FormatterTest() throws IOException {
        formatter = new SourceFormatter(ROOT.resolve(SourceFormatter.SETTINGS));
    }

    @Test
    void everySourceIsFormatted() throws IOException {
        List<Path> unformatted = new ArrayList<>();
        for (Path file : Checkout.javaSources(ROOT)) {
            String source = Files.readString(file);
            if (!formatter.format(source).equals(source)) {
                unformatted.add(ROOT.relativize(file));
            }
        }
        assertEquals(List.of(), unformatted, "run: ./jbang test --format");
    }

    @Test
    void directivesOfAScriptStayAsTheyAre() {
        String script = """
                ///usr/bin/env jbang "$0" "$@" ; exit $?
                //JAVA 17+
                //DEPS  org.example:%s:1.0.0
                //SOURCES ../lib/cli/package-info.java

                public class Script {
                }
                """.formatted("a-long-name-".repeat(12));
        assertEquals(script, formatter.format(script));
    }

    @Test
    void badlyIndentedCodeIsMended() {
        assertEquals("""
                class A {
                    int half(int x) {
                        return x / 2;
                    }
                }
                """, formatter.format("class A\n{\n  int half( int x ){ return x/2; }\n}\n"));
    }

    @Test
    void whatIsNotJavaIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> formatter.format("class A { String s = \"open; }"));
    }

    @Test
    void aMisspeltSettingIsRefused(@TempDir Path folder) throws IOException {
        Path settings = Files.writeString(folder.resolve("formatter.prefs"), "lineSpilt=120\n");
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> new SourceFormatter(settings));
        assertTrue(e.getMessage().contains("lineSpilt"));
    }
}
