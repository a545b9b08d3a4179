package dev.synthlab.rules;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.FieldNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TypeInsnNode;

/**
 * The rules on clients: classes of infrastructure packages whose name says so. Nested classes count
 * as part of a client.
 */
final class ClientRules {
  private static final String BASE = "dev/synthlab/external/ApiClient";

  /** Classes of the library, which have timeouts and loggers. */
  private static final Pattern LAYER = Pattern.compile("dev/synthlab/(external|llm|store)/.*");

  private static final List<String> TOO_WIDE =
      List.of(
          "java/lang/Exception",
          "java/lang/RuntimeException",
          "java/lang/Throwable",
          "java/lang/Error");

  /** Parts of names that bound the time of a call, in any library. */
  private static final List<String> BOUNDS = List.of("timeout", "deadline", "callpolicy", "within");

  private final Scope scope;
  private final Violations violations;
  private final Map<String, ClassNode> clients = new LinkedHashMap<>();
  private final Set<String> bounded = new HashSet<>();
  private final Set<String> logging = new HashSet<>();
  private final Map<String, String> parents = new LinkedHashMap<>();

  ClientRules(Scope scope, Violations violations) {
    this.scope = scope;
    this.violations = violations;
  }

  void check(ClassNode type) {
    String className = JvmNames.dotted(type.name);
    if (!scope.infrastructure().contains(className)) {
      return;
    }
    String outermost = JvmNames.outermost(className);
    if (type.superName != null && className.equals(outermost)) {
      parents.put(className, JvmNames.dotted(type.superName));
    }
    if (isClient(type, className)) {
      clients.put(className, type);
      exceptions(type);
    }
    if (bounds(type)) {
      bounded.add(outermost);
    }
    if (logs(type)) {
      logging.add(outermost);
    }
  }

  private static boolean isClient(ClassNode type, String className) {
    int none = Opcodes.ACC_INTERFACE | Opcodes.ACC_ABSTRACT | Opcodes.ACC_ENUM;
    return (type.access & none) == 0
        && className.equals(JvmNames.outermost(className))
        && className.endsWith("Client")
        && !type.name.equals(BASE);
  }

  private static boolean bounds(ClassNode type) {
    for (FieldNode field : type.fields) {
      if (isBound(field.name)) {
        return true;
      }
    }
    for (MethodNode method : type.methods) {
      for (AbstractInsnNode at : method.instructions) {
        boolean found =
            switch (at) {
              case MethodInsnNode call ->
                  isBound(call.name)
                      || isBound(JvmNames.simple(call.owner))
                      || LAYER.matcher(call.owner).matches();
              case FieldInsnNode field -> isBound(field.name);
              default -> false;
            };
        if (found) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean isBound(String name) {
    String low = name.toLowerCase(Locale.ROOT);
    return BOUNDS.stream().anyMatch(low::contains);
  }

  /** Whether a class uses the library's logger, or one that sets {@code component} itself. */
  private static boolean logs(ClassNode type) {
    boolean named = false;
    boolean logger = false;
    for (MethodNode method : type.methods) {
      for (AbstractInsnNode at : method.instructions) {
        if (at instanceof MethodInsnNode call) {
          boolean component =
              call.owner.equals("dev/synthlab/logging/Logging") && call.name.equals("component");
          if (component || LAYER.matcher(call.owner).matches()) {
            return true;
          }
          logger |= call.owner.startsWith("org/slf4j/") || call.owner.contains("/Logger");
        }
        named |= at instanceof LdcInsnNode constant && "component".equals(constant.cst);
      }
    }
    return named && logger;
  }

  private void exceptions(ClassNode type) {
    for (MethodNode method : type.methods) {
      boolean own = (method.access & Opcodes.ACC_SYNTHETIC) == 0;
      CodeLocation location = CodeLocation.of(type, method);
      if (own && (method.access & (Opcodes.ACC_PUBLIC | Opcodes.ACC_PROTECTED)) != 0) {
        method.exceptions.stream()
            .filter(TOO_WIDE::contains)
            .forEach(
                wide ->
                    violations.add(
                        method.instructions.size() == 0
                            ? location.breaks(
                                Rule.CLIENT_EXCEPTIONS, "declares " + JvmNames.simple(wide))
                            : location.breaks(
                                Rule.CLIENT_EXCEPTIONS,
                                method.instructions.getLast(),
                                "declares " + JvmNames.simple(wide))));
      }
      for (AbstractInsnNode at : method.instructions) {
        if (at instanceof TypeInsnNode made
            && made.getOpcode() == Opcodes.NEW
            && TOO_WIDE.contains(made.desc)) {
          String what = "makes a bare " + JvmNames.simple(made.desc);
          violations.add(location.breaks(Rule.CLIENT_EXCEPTIONS, at, what));
        }
      }
    }
  }

  /** Checks what is known only after all classes. */
  void finish() {
    for (Map.Entry<String, ClassNode> each : clients.entrySet()) {
      ClassNode client = each.getValue();
      CodeLocation location = CodeLocation.of(client);
      if (!hasGet(client)) {
        violations.add(
            location.breaks(Rule.CLIENT_GET, "has no static get() that gives the instance"));
      }
      if (!holds(each.getKey(), bounded)) {
        violations.add(location.breaks(Rule.CLIENT_TIMEOUT, "has no timeout"));
      }
      if (!holds(each.getKey(), logging)) {
        violations.add(
            location.breaks(Rule.CLIENT_LOGGER, "has no logger that names its component"));
      }
    }
  }

  /** Whether a class or a superclass of it has a property. */
  private boolean holds(String className, Set<String> fact) {
    Set<String> visited = new HashSet<>();
    String at = className;
    while (visited.add(at)) {
      if (fact.contains(at) || at.equals(JvmNames.dotted(BASE))) {
        return true;
      }
      at = parents.getOrDefault(at, at);
    }
    return false;
  }

  private static boolean hasGet(ClassNode client) {
    return client.methods.stream()
        .anyMatch(
            method ->
                method.name.equals("get")
                    && (method.access & Opcodes.ACC_STATIC) != 0
                    && Type.getArgumentTypes(method.desc).length == 0
                    && Type.getReturnType(method.desc).getSort() == Type.OBJECT);
  }
}
