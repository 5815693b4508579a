package tests.harness;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.Filter;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.discovery.ClassNameFilter;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;

/**
 * Which tests to run.
 *
 * @param classes exactly these classes; empty: every class under {@code tests} whose name ends in Test
 * @param tags tag expressions, any of which must fit; empty: all
 * @param excludeTags tag expressions, none of which may fit
 * @param filters parts or globs of {@code tests.room.SomeTest.methodName}, any of which must fit; empty: all
 */
public record Selection(List<String> classes, List<String> tags, List<String> excludeTags, List<String> filters) {
    /** Longer than the slowest test by far; the thread dump that JUnit adds says where it stood. */
    private static final String TEST_TIMEOUT = "2m";

    public static Selection ofClasses(Class<?>... classes) {
        return new Selection(List.of(classes).stream().map(Class::getName).toList(), List.of(), List.of(), List.of());
    }

    /** @throws org.junit.platform.commons.PreconditionViolationException if a tag expression can't be read */
    public LauncherDiscoveryRequest request() {
        List<Filter<?>> chosen = new ArrayList<>();
        if (classes.isEmpty()) {
            chosen.add(ClassNameFilter.includeClassNamePatterns(".*Test"));
        }
        if (!tags.isEmpty()) {
            chosen.add(TagFilter.includeTags(tags));
        }
        if (!excludeTags.isEmpty()) {
            chosen.add(TagFilter.excludeTags(excludeTags));
        }
        if (!filters.isEmpty()) {
            List<Pattern> patterns = filters.stream().map(Selection::pattern).toList();
            chosen.add((PostDiscoveryFilter) test -> FilterResult.includedIf(fits(test, patterns)));
        }
        return configured(LauncherDiscoveryRequestBuilder.request().selectors(selectors())
                .filters(chosen.toArray(Filter[]::new)));
    }

    /** One line a test, with its tags. */
    public static List<String> describe(TestPlan plan) {
        return plan.getRoots().stream().flatMap(root -> plan.getDescendants(root).stream())
                .filter(id -> id.getSource().orElse(null) instanceof MethodSource).map(SuiteChild::planned)
                .map(test -> test.test() + (test.tags().isEmpty() ? "" : " " + test.tags())).toList();
    }

    /** The same tests once more, by their unique ids. */
    static LauncherDiscoveryRequest again(List<String> ids) {
        return configured(LauncherDiscoveryRequestBuilder.request()
                .selectors(ids.stream().map(DiscoverySelectors::selectUniqueId).toList()));
    }

    private List<DiscoverySelector> selectors() {
        if (classes.isEmpty()) {
            return List.of(DiscoverySelectors.selectPackage("tests"));
        }
        return classes.stream().<DiscoverySelector>map(DiscoverySelectors::selectClass).toList();
    }

    private static LauncherDiscoveryRequest configured(LauncherDiscoveryRequestBuilder request) {
        return request.configurationParameter("junit.jupiter.execution.timeout.default", TEST_TIMEOUT)
                .configurationParameter("junit.jupiter.execution.timeout.threaddump.enabled", "true")
                // a private or misspelt test method is otherwise skipped in silence
                .configurationParameter("junit.platform.discovery.issue.severity.critical", "warning").build();
    }

    /** Only methods are judged: JUnit drops a class of which no method is left. */
    private static boolean fits(TestDescriptor test, List<Pattern> patterns) {
        if (test.getSource().orElse(null) instanceof MethodSource method) {
            String name = method.getClassName() + "." + method.getMethodName();
            return patterns.stream().anyMatch(p -> p.matcher(name).find());
        }
        return true;
    }

    private static Pattern pattern(String filter) {
        if (!filter.contains("*") && !filter.contains("?")) {
            return Pattern.compile(Pattern.quote(filter), Pattern.CASE_INSENSITIVE);
        }
        StringBuilder regex = new StringBuilder("^");
        for (char c : filter.toCharArray()) {
            regex.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
        }
        return Pattern.compile(regex.append('$').toString(), Pattern.CASE_INSENSITIVE);
    }
}
