package lib.host;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A Java program to start under a {@link CpuLimit}.
 *
 * <p>The limit adds what depends on where the program will run, so leave these out: {@code java.io.tmpdir} (a folder of
 * its own, removed when the process is closed), the working folder (the same), {@code -XX:ErrorFile} (in it).
 *
 * @param environment variables added to those that the program would see anyway, and the only ones of OpenMP and of the
 * JVM's options: what the user's shell or an image sets of those would change how threads wait, how many there are, and
 * the heap that is measured
 * @param classPath jars and folders
 * @param readable files and folders outside the class path that the program opens, a model and audio for example; it
 * finds them at the same absolute path, and in a container it sees nothing else of the user's files
 */
public record JavaProgram(List<String> jvmOptions, String mainClass, List<String> arguments, List<Path> classPath,
        Map<String, String> environment, List<Path> readable) {
    /** OpenMP's own, those of its GNU and LLVM libraries, and those in which a JVM looks for more options. */
    private static final Pattern OWNED = Pattern
            .compile("(OMP|GOMP|KMP)_.*|JAVA_TOOL_OPTIONS|JDK_JAVA_OPTIONS|_JAVA_OPTIONS");

    public JavaProgram {
        jvmOptions = List.copyOf(jvmOptions);
        arguments = List.copyOf(arguments);
        // Absolute, because the program does not run in this process's working folder.
        classPath = classPath.stream().map(Path::toAbsolutePath).toList();
        environment = Map.copyOf(environment);
        readable = readable.stream().map(Path::toAbsolutePath).toList();
    }

    /** True for an environment variable that the program must not have from anywhere else. */
    static boolean ownsVariable(String name) {
        return OWNED.matcher(name).matches();
    }
}
