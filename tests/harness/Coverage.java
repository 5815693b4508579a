package tests.harness;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.jacoco.core.analysis.Analyzer;
import org.jacoco.core.analysis.CoverageBuilder;
import org.jacoco.core.analysis.IBundleCoverage;
import org.jacoco.core.analysis.IPackageCoverage;
import org.jacoco.core.tools.ExecFileLoader;
import org.jacoco.report.DirectorySourceFileLocator;
import org.jacoco.report.FileMultiReportOutput;
import org.jacoco.report.IReportVisitor;
import org.jacoco.report.html.HTMLFormatter;

/**
 * JaCoCo's report over the rooms of lib. Only what ran inside the test JVM counts: worker processes and commands that a
 * test starts through the launcher are JVMs of their own, so rooms that mostly run there look less covered than they
 * are.
 */
public final class Coverage {
    static final String EXECUTION_DATA = "jacoco.exec";
    private static final String SOURCE_ENCODING = "UTF-8";
    private static final int TAB_WIDTH = 4;

    private Coverage() {
    }

    /**
     * Writes {@code coverage/index.html} under the folder and removes the execution data.
     *
     * @return the rooms by name; empty if the test JVM died before it could write what it had covered
     */
    public static List<RoomCoverage> report(Path folder, Path root) throws IOException {
        Path data = folder.resolve(EXECUTION_DATA);
        if (!Files.isRegularFile(data)) {
            return List.of();
        }
        ExecFileLoader executed = new ExecFileLoader();
        executed.load(data.toFile());
        CoverageBuilder builder = new CoverageBuilder();
        analyze(new Analyzer(executed.getExecutionDataStore(), builder));
        IBundleCoverage bundle = builder.getBundle("perf");
        IReportVisitor html = new HTMLFormatter()
                .createVisitor(new FileMultiReportOutput(folder.resolve("coverage").toFile()));
        html.visitInfo(executed.getSessionInfoStore().getInfos(), executed.getExecutionDataStore().getContents());
        html.visitBundle(bundle, new DirectorySourceFileLocator(root.toFile(), SOURCE_ENCODING, TAB_WIDTH));
        html.visitEnd();
        Files.delete(data);
        List<RoomCoverage> rooms = new ArrayList<>();
        for (IPackageCoverage room : bundle.getPackages()) {
            rooms.add(new RoomCoverage(room.getName(), room.getLineCounter().getCoveredCount(),
                    room.getLineCounter().getTotalCount(), room.getBranchCounter().getCoveredCount(),
                    room.getBranchCounter().getTotalCount()));
        }
        rooms.sort((a, b) -> a.room().compareTo(b.room()));
        return rooms;
    }

    /** JBang puts the script's own classes into the first jar of the class path. */
    private static void analyze(Analyzer analyzer) throws IOException {
        String first = System.getProperty("java.class.path").split(File.pathSeparator)[0];
        try (JarFile jar = new JarFile(first)) {
            for (JarEntry entry : jar.stream().toList()) {
                if (entry.getName().startsWith("lib/") && entry.getName().endsWith(".class")) {
                    try (InputStream type = jar.getInputStream(entry)) {
                        analyzer.analyzeClass(type, entry.getName());
                    }
                }
            }
        }
    }
}
