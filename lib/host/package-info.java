/**
 * The machine: what it is ({@link lib.host.EnvironmentProbe}), what it has counted ({@link lib.host.Counters},
 * {@link lib.host.PeakMemory}), and the ways to hold a program to a number of cores ({@link lib.host.CpuLimits},
 * {@link lib.host.CpuLimit}). The limit is set from outside and read back from inside ({@link lib.host.LimitInForce}).
 *
 * <p>Everything that reads /proc or /sys takes a root, so that machines which are not here (a pod, a Mac, a hybrid
 * laptop) are tested from recorded trees.
 *
 * <p>Compiled for Java 17 whatever JDK is here: the same classes run on the Java 17 of {@code k8s/Dockerfile.worker}.
 */
//JAVAC_OPTIONS --release 17
//DEPS com.github.docker-java:docker-java-core:3.7.1
//DEPS com.github.docker-java:docker-java-transport-zerodep:3.7.1
//DEPS com.github.oshi:oshi-core:7.5.0
//DEPS org.slf4j:slf4j-nop:2.0.17
//FILES perf/k8s/Dockerfile.worker=../../k8s/Dockerfile.worker
//SOURCES ../cli/UserError.java
//SOURCES ../results/package-info.java
//SOURCES AffinityLimit.java
//SOURCES Cgroup.java
//SOURCES CgroupLimit.java
//SOURCES CounterDelta.java
//SOURCES Counters.java
//SOURCES CpuLimit.java
//SOURCES CpuLimits.java
//SOURCES DockerEngine.java
//SOURCES DockerLimit.java
//SOURCES DockerProcess.java
//SOURCES EndOfRun.java
//SOURCES EnvironmentProbe.java
//SOURCES Exit.java
//SOURCES InheritedLimit.java
//SOURCES Isolation.java
//SOURCES JavaHeap.java
//SOURCES JavaProgram.java
//SOURCES LimitInForce.java
//SOURCES LimitTrial.java
//SOURCES LimitedProcess.java
//SOURCES LocalProcess.java
//SOURCES Machine.java
//SOURCES NoLimit.java
//SOURCES Noise.java
//SOURCES OshiFacts.java
//SOURCES Owner.java
//SOURCES PeakMemory.java
//SOURCES Pipe.java
//SOURCES Proc.java
//SOURCES Tail.java
//SOURCES Topology.java
package lib.host;
