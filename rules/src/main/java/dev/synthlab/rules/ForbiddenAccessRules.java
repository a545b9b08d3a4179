package dev.synthlab.rules;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.AnnotationNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.FieldNode;
import org.objectweb.asm.tree.InvokeDynamicInsnNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TypeInsnNode;

/** The rules on what a class uses: external APIs, the environment, sleeping, retry libraries. */
final class ForbiddenAccessRules {
  private static final Map<String, Set<String>> SETTINGS =
      Map.of(
          "java/lang/System", Set.of("getenv", "getProperty", "getProperties"),
          "java/lang/Boolean", Set.of("getBoolean"),
          "java/lang/Integer", Set.of("getInteger"),
          "java/lang/Long", Set.of("getLong"),
          "io/github/cdimascio/dotenv/Dotenv", Set.of("get", "load", "configure"));

  private static final Map<String, Set<String>> SLEEPS =
      Map.of(
          "java/lang/Thread", Set.of("sleep"),
          "java/util/concurrent/TimeUnit", Set.of("sleep"),
          "java/util/concurrent/locks/LockSupport", Set.of("parkNanos", "parkUntil"),
          "com/google/common/util/concurrent/Uninterruptibles", Set.of("sleepUninterruptibly"),
          "org/apache/commons/lang3/ThreadUtils", Set.of("sleep"));

  private static final Map<String, Set<String>> RETRY_CALLS =
      Map.of(
          "reactor/core/publisher/Mono", Set.of("retry", "retryWhen"),
          "reactor/core/publisher/Flux", Set.of("retry", "retryWhen"),
          "io/reactivex/rxjava3/core/Single", Set.of("retry", "retryWhen"),
          "io/reactivex/rxjava3/core/Flowable", Set.of("retry", "retryWhen"),
          "io/reactivex/rxjava3/core/Observable", Set.of("retry", "retryWhen"));

  private static final List<String> RETRY_LIBRARIES =
      List.of(
          "io/github/resilience4j/retry/",
          "io/github/resilience4j/kotlin/retry/",
          "org/springframework/retry/",
          "org/springframework/core/retry/",
          "org/springframework/resilience/",
          "dev/failsafe/RetryPolicy",
          "net/jodah/failsafe/RetryPolicy",
          "com/github/rholder/retry/",
          "com/evanlennick/retry4j/",
          "org/eclipse/microprofile/faulttolerance/Retry",
          "io/smallrye/faulttolerance/api/",
          "io/helidon/faulttolerance/Retry",
          "dev/langchain4j/internal/RetryUtils",
          "reactor/util/retry/",
          "io/vavr/control/Retry");

  /** Prefixes of system properties that are facts about the machine, not settings. */
  private static final List<String> MACHINE_PROPERTIES =
      List.of("java.", "os.", "user.", "file.", "line.", "path.", "sun.", "jdk.", "native.");

  private static final List<String> MODEL_ADDRESSES =
      List.of(
          "chat/completions",
          "api.openai.com",
          "api.anthropic.com",
          "generativelanguage.googleapis.com",
          "openai.azure.com",
          "api.mistral.ai",
          "api.cohere.",
          "/v1/messages");

  private static final List<String> TRACERS =
      List.of(
          "dev/synthlab/spans/",
          "dev/synthlab/llm/",
          "dev/synthlab/external/",
          "io/opentelemetry/api/trace/",
          "io/micrometer/observation/");

  private final Scope scope;
  private final Violations violations;

  ForbiddenAccessRules(Scope scope, Violations violations) {
    this.scope = scope;
    this.violations = violations;
  }

  /** One use of a class by another. */
  private record Use(
      CodeLocation location, @Nullable AbstractInsnNode at, String type, String name) {}

  void check(ClassNode type) {
    List<Use> uses = new ArrayList<>();
    declared(type, uses);
    for (MethodNode method : type.methods) {
      CodeLocation location = CodeLocation.of(type, method);
      for (AbstractInsnNode at : method.instructions) {
        instruction(location, at, uses);
      }
    }
    String className = JvmNames.dotted(type.name);
    boolean configures = scope.configuration().contains(className);
    Set<String> reported = new HashSet<>();
    for (Use use : uses) {
      if (!configures) {
        settings(use);
      }
      sleeping(use);
      retrying(use, reported);
      if (!scope.infrastructure().contains(className)) {
        externalApi(use, reported);
      }
    }
    traced(type, uses);
  }

  private static void declared(ClassNode type, List<Use> uses) {
    CodeLocation whole = CodeLocation.of(type);
    if (type.superName != null) {
      uses.add(new Use(whole, null, type.superName, ""));
    }
    type.interfaces.forEach(each -> uses.add(new Use(whole, null, each, "")));
    annotations(whole, null, type.visibleAnnotations, uses);
    for (FieldNode field : type.fields) {
      if ((field.access & Opcodes.ACC_SYNTHETIC) == 0) {
        CodeLocation location = new CodeLocation(type, field.name);
        uses.add(new Use(location, null, JvmNames.element(Type.getType(field.desc)), ""));
        annotations(location, null, field.visibleAnnotations, uses);
      }
    }
    for (MethodNode method : type.methods) {
      if ((method.access & Opcodes.ACC_SYNTHETIC) == 0) {
        CodeLocation location = CodeLocation.of(type, method);
        // The first line of the body, since a signature has no line number.
        AbstractInsnNode at = firstLine(method);
        for (Type each : Type.getArgumentTypes(method.desc)) {
          uses.add(new Use(location, at, JvmNames.element(each), ""));
        }
        uses.add(new Use(location, at, JvmNames.element(Type.getReturnType(method.desc)), ""));
        annotations(location, at, method.visibleAnnotations, uses);
      }
    }
  }

  private static @Nullable AbstractInsnNode firstLine(MethodNode method) {
    for (AbstractInsnNode at : method.instructions) {
      if (CodeLocation.line(at).isPresent()) {
        return at;
      }
    }
    return null;
  }

  private static void annotations(
      CodeLocation location,
      @Nullable AbstractInsnNode at,
      @Nullable List<AnnotationNode> annotations,
      List<Use> uses) {
    if (annotations != null) {
      for (AnnotationNode each : annotations) {
        uses.add(new Use(location, at, JvmNames.element(Type.getType(each.desc)), ""));
      }
    }
  }

  private static void instruction(CodeLocation location, AbstractInsnNode at, List<Use> uses) {
    switch (at) {
      case MethodInsnNode call -> uses.add(new Use(location, at, call.owner, call.name));
      case FieldInsnNode field -> uses.add(new Use(location, at, field.owner, ""));
      case TypeInsnNode type ->
          uses.add(new Use(location, at, JvmNames.element(Type.getObjectType(type.desc)), ""));
      case LdcInsnNode constant -> {
        if (constant.cst instanceof Type type && type.getSort() != Type.METHOD) {
          uses.add(new Use(location, at, JvmNames.element(type), ""));
        }
      }
      case InvokeDynamicInsnNode lambda -> {
        for (Object argument : lambda.bsmArgs) {
          if (argument instanceof Handle handle) {
            uses.add(new Use(location, at, handle.getOwner(), handle.getName()));
          }
        }
      }
      default -> {}
    }
  }

  private static boolean isOneOf(Map<String, Set<String>> calls, Use use) {
    return calls.getOrDefault(use.type(), Set.of()).contains(use.name());
  }

  private void add(Use use, Rule rule, String what) {
    violations.add(
        use.at() == null
            ? use.location().breaks(rule, what)
            : use.location().breaks(rule, use.at(), what));
  }

  private void settings(Use use) {
    if (isOneOf(SETTINGS, use) && !readsMachineFact(use)) {
      String call = JvmNames.simple(use.type()) + "." + use.name();
      add(use, Rule.CONFIG_IN_ONE_PLACE, "reads a setting by " + call);
    }
  }

  private static boolean readsMachineFact(Use use) {
    if (!use.name().equals("getProperty") || use.at() == null) {
      return false;
    }
    AbstractInsnNode at = use.at().getPrevious();
    for (int i = 0; i < 3 && at != null; i++, at = at.getPrevious()) {
      if (at instanceof LdcInsnNode constant
          && constant.cst instanceof String name
          && MACHINE_PROPERTIES.stream().anyMatch(name::startsWith)) {
        return true;
      }
    }
    return false;
  }

  private void sleeping(Use use) {
    if (isOneOf(SLEEPS, use)) {
      add(use, Rule.NO_SLEEP, "calls " + JvmNames.simple(use.type()) + "." + use.name());
    }
  }

  private void retrying(Use use, Set<String> reported) {
    Optional<String> library = RETRY_LIBRARIES.stream().filter(use.type()::startsWith).findFirst();
    boolean calls = isOneOf(RETRY_CALLS, use);
    if (library.isPresent() || calls) {
      String name =
          calls
              ? JvmNames.dotted(use.type()) + "." + use.name()
              : JvmNames.dotted(library.orElseThrow().replaceFirst("/$", ""));
      String what = "retries by " + name;
      if (reported.add(use.location().member() + what)) {
        Violation broken =
            use.at() == null
                ? use.location().breaks(Rule.NO_OWN_RETRY, what)
                : use.location().breaks(Rule.NO_OWN_RETRY, use.at(), what);
        violations.add(broken, use.type());
      }
    }
  }

  private void externalApi(Use use, Set<String> reported) {
    Optional<ExternalApis.Match> match = ExternalApis.ofCall(use.type(), use.name());
    if (match.isPresent()) {
      String what = "uses " + match.get().description();
      if (reported.add(use.location().member() + what)) {
        Violation broken =
            use.at() == null
                ? use.location().breaks(Rule.OUTSIDE_BY_INFRASTRUCTURE, what)
                : use.location().breaks(Rule.OUTSIDE_BY_INFRASTRUCTURE, use.at(), what);
        violations.add(broken, use.type());
      }
    }
  }

  /** Outside infrastructure an SDK already violates the rule on external APIs. */
  private void traced(ClassNode type, List<Use> uses) {
    if (uses.stream().anyMatch(use -> TRACERS.stream().anyMatch(use.type()::startsWith))) {
      return;
    }
    if (scope.infrastructure().contains(JvmNames.dotted(type.name))) {
      Set<String> reported = new HashSet<>();
      for (Use use : uses) {
        Optional<ExternalApis.Match> match =
            ExternalApis.of(use.type()).filter(each -> each.kind() == ExternalApis.MODELS);
        if (!use.name().isEmpty() && match.isPresent() && reported.add(match.get().library())) {
          Violation broken =
              use.location()
                  .breaks(
                      Rule.LLM_TRACED,
                      Objects.requireNonNull(use.at()),
                      "calls " + match.get().description() + " and opens no span");
          violations.add(broken, use.type());
        }
      }
    }
    boolean usesHttp =
        uses.stream()
            .anyMatch(
                use ->
                    ExternalApis.ofCall(use.type(), use.name())
                        .filter(match -> match.kind() == ExternalApis.HTTP)
                        .isPresent());
    if (usesHttp) {
      addresses(type);
    }
  }

  private void addresses(ClassNode type) {
    for (MethodNode method : type.methods) {
      for (AbstractInsnNode at : method.instructions) {
        constant(at)
            .filter(text -> MODEL_ADDRESSES.stream().anyMatch(text::contains))
            .ifPresent(
                text ->
                    violations.add(
                        CodeLocation.of(type, method)
                            .breaks(
                                Rule.LLM_TRACED,
                                at,
                                "usesHttp to a model by hand and opens no span")));
      }
    }
  }

  /** A string constant, also in a string concatenation. */
  static Optional<String> constant(AbstractInsnNode at) {
    if (at instanceof LdcInsnNode constant && constant.cst instanceof String text) {
      return Optional.of(text);
    }
    if (at instanceof InvokeDynamicInsnNode join && join.bsmArgs.length > 0) {
      return Optional.of(join.bsmArgs[0]).filter(String.class::isInstance).map(String.class::cast);
    }
    return Optional.empty();
  }
}
