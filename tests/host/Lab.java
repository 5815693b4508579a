package tests.host;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import lib.host.CpuLimit;
import lib.host.CpuLimits;
import lib.host.JavaProgram;
import lib.host.LimitedProcess;

/**
 * A process that starts a program under a limit and is then killed by the test, or asked which limit auto picks, or
 * what of OpenMP its program has in its environment.
 */
public final class Lab {
    private Lab() {
    }

    public static void main(String[] args) throws Exception {
        CpuLimits.Choice choice = CpuLimits.choose(args[0], null);
        CpuLimit limit = choice.limit();
        if (args.length > 1 && args[1].equals("openmp")) {
            JavaProgram plain = Programs.burner(List.of(), args[1]);
            System.out.println(Programs.run(limit, 1, new JavaProgram(plain.jvmOptions(), plain.mainClass(),
                    plain.arguments(), plain.classPath(), Map.of("OMP_WAIT_POLICY", "passive"), List.of())).out());
            return;
        }
        if (args.length > 1) {
            System.out.println(limit.isolation().label() + " | " + limit.refusal(1).orElse("1 core") + " | "
                    + limit.refusal(2).orElse("2 cores") + " | " + choice.reason());
            return;
        }
        JavaProgram program = Programs.burner(List.of(), "echo");
        LimitedProcess process = limit.start(program, 1);
        process.stdin().write("up\n".getBytes(StandardCharsets.UTF_8));
        process.stdin().flush();
        System.out.println(Programs.reader(process).readLine());
        new CountDownLatch(1).await();
    }
}
