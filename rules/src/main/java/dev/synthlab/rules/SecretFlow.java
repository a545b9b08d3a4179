package dev.synthlab.rules;

import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.InvokeDynamicInsnNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.VarInsnNode;
import org.objectweb.asm.tree.analysis.Analyzer;
import org.objectweb.asm.tree.analysis.AnalyzerException;
import org.objectweb.asm.tree.analysis.Frame;
import org.objectweb.asm.tree.analysis.SourceInterpreter;
import org.objectweb.asm.tree.analysis.SourceValue;

/**
 * Taint analysis of secrets within one method: from a {@code Secret}, its revealed text, or a
 * string that is named like a key, through variables, concatenation and arrays, into log lines,
 * exceptions and printed text. Flows through fields and other methods are not followed.
 */
final class SecretFlow {
  private static final String SECRET = "dev/synthlab/config/Secret";

  private static final Pattern NAMED =
      Pattern.compile(
          "(get)?_?(\\w*_)?(\\w*api_?key|secret(_?key)?|password|passwd|client_?secret|"
              + "access_?token|private_?key|bearer_?token)",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern VARIABLE =
      Pattern.compile("\\w*(API_?KEY|SECRET|PASSWORD|PASSWD|TOKEN|PRIVATE_KEY)");

  /** Classes whose methods return text that contains their arguments. */
  private static final Set<String> JOINS =
      Set.of(
          "java/lang/String",
          "java/lang/StringBuilder",
          "java/lang/StringBuffer",
          "java/util/Objects",
          "java/util/Optional",
          "java/util/List",
          "java/util/Map",
          "java/util/Base64$Encoder");

  private static final Set<String> LOGGERS =
      Set.of(
          "org/slf4j/Logger",
          "org/slf4j/MDC",
          "org/slf4j/spi/LoggingEventBuilder",
          "java/util/logging/Logger",
          "java/lang/System$Logger",
          "org/apache/logging/log4j/Logger",
          "org/apache/commons/logging/Log",
          "org/jboss/logging/Logger");

  private static final Set<String> SPANS =
      Set.of("io/opentelemetry/api/trace/Span", "io/opentelemetry/api/trace/SpanBuilder");

  private final Scope scope;
  private final Violations violations;

  SecretFlow(Scope scope, Violations violations) {
    this.scope = scope;
    this.violations = violations;
  }

  void check(ClassNode type, Consumer<String> unreadable) {
    for (MethodNode method : type.methods) {
      if (mayHold(method)) {
        try {
          new MethodAnalysis(type, method).findSinks();
        } catch (AnalyzerException e) {
          unreadable.accept(
              JvmNames.dotted(type.name) + "." + method.name + " for secrets: " + e.getMessage());
        }
      }
    }
  }

  /** Whether a method has a source and a sink; the analysis is expensive and most have not. */
  private static boolean mayHold(MethodNode method) {
    boolean source =
        parameters(method).values().stream().anyMatch(SecretFlow::isNamed)
            || method.desc.contains(SECRET);
    boolean sink = method.name.equals("toString");
    for (AbstractInsnNode at : method.instructions) {
      source |= isSource(at);
      sink |= sink(at).isPresent() || isJoin(at);
    }
    return source && sink;
  }

  private static boolean isNamed(String name) {
    return NAMED.matcher(name).matches();
  }

  /** The names of string parameters by slot, if the class file has them. */
  private static Map<Integer, String> parameters(MethodNode method) {
    Map<Integer, String> names = new HashMap<>();
    if (method.localVariables != null) {
      int slots = (Type.getArgumentsAndReturnSizes(method.desc) >> 2);
      method.localVariables.stream()
          .filter(each -> each.index < slots && isText(each.desc))
          .forEach(each -> names.put(each.index, each.name));
    }
    return names;
  }

  private static boolean isText(String desc) {
    return desc.equals("Ljava/lang/String;") || desc.equals("[C");
  }

  private static boolean isSource(AbstractInsnNode at) {
    return switch (at) {
      case MethodInsnNode call -> isSource(call);
      case FieldInsnNode field ->
          field.getOpcode() != Opcodes.PUTFIELD
              && field.getOpcode() != Opcodes.PUTSTATIC
              && (field.desc.equals("L" + SECRET + ";")
                  || (isText(field.desc) && isNamed(field.name)));
      default -> false;
    };
  }

  private static boolean isSource(MethodInsnNode call) {
    if (call.owner.equals(SECRET)) {
      return Set.of("reveal", "of").contains(call.name);
    }
    String given = Type.getReturnType(call.desc).getDescriptor();
    if (call.owner.equals("java/lang/System") && call.name.equals("getenv")) {
      return call.getPrevious() instanceof LdcInsnNode constant
          && constant.cst instanceof String name
          && VARIABLE.matcher(name).matches();
    }
    return given.equals("L" + SECRET + ";") || (isText(given) && isNamed(call.name));
  }

  private static boolean isJoin(AbstractInsnNode at) {
    return switch (at) {
      case InvokeDynamicInsnNode join -> join.name.equals("makeConcatWithConstants");
      case MethodInsnNode call -> JOINS.contains(call.owner);
      default -> false;
    };
  }

  /** The sink that a call is, described for the report. */
  private static Optional<String> sink(AbstractInsnNode at) {
    if (!(at instanceof MethodInsnNode call) || call.desc.startsWith("()")) {
      return Optional.empty();
    }
    if (LOGGERS.contains(call.owner)) {
      return Optional.of("a log line");
    }
    if (SPANS.contains(call.owner)) {
      return Optional.of("a span");
    }
    boolean fails = call.owner.endsWith("Exception") || call.owner.endsWith("Error");
    if (fails && call.name.equals("<init>")) {
      return Optional.of("the message of an exception");
    }
    boolean prints =
        call.owner.equals("java/io/PrintStream")
            && Set.of("print", "println", "printf", "format").contains(call.name);
    return prints ? Optional.of("what is printed") : Optional.empty();
  }

  /** The flow of values through one method. */
  private final class MethodAnalysis {
    private final ClassNode type;
    private final MethodNode method;
    private final @Nullable Frame<SourceValue>[] frames;
    private final BitSet tainted = new BitSet();
    private final Set<Integer> parameters = new HashSet<>();

    MethodAnalysis(ClassNode type, MethodNode method) throws AnalyzerException {
      this.type = type;
      this.method = method;
      frames =
          new Analyzer<>(new SourceInterpreter(Opcodes.ASM9) {})
              .analyzeAndComputeMaxs(type.name, method);
      parameters(method)
          .forEach(
              (slot, name) -> {
                if (isNamed(name)) {
                  parameters.add(slot);
                }
              });
      int slot = (method.access & Opcodes.ACC_STATIC) != 0 ? 0 : 1;
      for (Type each : Type.getArgumentTypes(method.desc)) {
        if (each.getSort() == Type.OBJECT && each.getInternalName().equals(SECRET)) {
          parameters.add(slot);
        }
        slot += each.getSize();
      }
      boolean more = true;
      while (more) {
        int before = tainted.cardinality();
        for (int i = 0; i < frames.length; i++) {
          step(i);
        }
        more = tainted.cardinality() > before;
      }
    }

    private void step(int i) {
      Frame<SourceValue> frame = frames[i];
      if (frame == null) {
        return;
      }
      AbstractInsnNode at = method.instructions.get(i);
      if (isSource(at) || carries(at, frame)) {
        tainted.set(i);
      }
    }

    /** Whether the result of an instruction is tainted by its operands. */
    private boolean carries(AbstractInsnNode at, Frame<SourceValue> frame) {
      return switch (at) {
        case VarInsnNode var ->
            var.getOpcode() < Opcodes.ISTORE
                ? isTainted(frame.getLocal(var.var), var.var)
                : top(frame, 0);
        case InvokeDynamicInsnNode join ->
            isJoin(join) && anyOf(frame, Type.getArgumentTypes(join.desc).length);
        case MethodInsnNode call -> carries(call, frame);
        default -> carriesPlain(at, frame);
      };
    }

    private boolean carriesPlain(AbstractInsnNode at, Frame<SourceValue> frame) {
      return switch (at.getOpcode()) {
        case Opcodes.CHECKCAST, Opcodes.DUP, Opcodes.DUP_X1, Opcodes.DUP_X2 -> top(frame, 0);
        case Opcodes.AALOAD -> top(frame, 1);
        case Opcodes.AASTORE -> {
          if (top(frame, 0)) {
            taintOrigins(frame, 2);
          }
          yield false;
        }
        default -> false;
      };
    }

    private boolean carries(MethodInsnNode call, Frame<SourceValue> frame) {
      if (!JOINS.contains(call.owner)) {
        return false;
      }
      int arguments = Type.getArgumentTypes(call.desc).length;
      boolean isStatic = call.getOpcode() == Opcodes.INVOKESTATIC;
      boolean gives = Type.getReturnType(call.desc).getSort() >= Type.ARRAY;
      boolean any = anyOf(frame, arguments + (isStatic ? 0 : 1));
      if (any && call.owner.endsWith("Builder") && call.name.equals("append")) {
        taintOrigins(frame, arguments);
      }
      return any && gives;
    }

    private boolean anyOf(Frame<SourceValue> frame, int count) {
      for (int depth = 0; depth < count; depth++) {
        if (top(frame, depth)) {
          return true;
        }
      }
      return false;
    }

    private boolean top(Frame<SourceValue> frame, int depth) {
      int at = frame.getStackSize() - 1 - depth;
      return at >= 0 && isTainted(frame.getStack(at), -1);
    }

    private boolean isTainted(SourceValue value, int local) {
      if (value.insns.isEmpty()) {
        return parameters.contains(local);
      }
      return value.insns.stream().anyMatch(each -> tainted.get(method.instructions.indexOf(each)));
    }

    /** Taints an array or builder that a secret was put into, back to where it was created. */
    private void taintOrigins(Frame<SourceValue> frame, int depth) {
      taintOrigins(frame.getStack(frame.getStackSize() - 1 - depth));
    }

    private void taintOrigins(SourceValue value) {
      for (AbstractInsnNode each : value.insns) {
        int i = method.instructions.indexOf(each);
        if (!tainted.get(i)) {
          tainted.set(i);
          Frame<SourceValue> frame = frames[i];
          if (frame != null) {
            origin(each, frame);
          }
        }
      }
    }

    private void origin(AbstractInsnNode at, Frame<SourceValue> frame) {
      if (at instanceof VarInsnNode var && var.getOpcode() < Opcodes.ISTORE) {
        taintOrigins(frame.getLocal(var.var));
      } else if (at instanceof VarInsnNode || at.getOpcode() == Opcodes.DUP) {
        taintOrigins(frame, 0);
      }
    }

    void findSinks() {
      boolean joins = !scope.infrastructure().contains(JvmNames.dotted(type.name));
      Set<OptionalInt> reported = new HashSet<>();
      for (int i = 0; i < frames.length; i++) {
        report(i, reported, this::sinkOf);
      }
      // A client must put its key into a header; other classes have no reason to.
      for (int i = 0; joins && i < frames.length; i++) {
        if (!reported.contains(CodeLocation.line(method.instructions.get(i)))) {
          report(i, reported, this::joined);
        }
      }
    }

    private void report(
        int i,
        Set<OptionalInt> reported,
        BiFunction<AbstractInsnNode, Frame<SourceValue>, Optional<String>> sink) {
      Frame<SourceValue> frame = frames[i];
      AbstractInsnNode at = method.instructions.get(i);
      if (frame != null) {
        Optional<String> into = sink.apply(at, frame);
        into.ifPresent(
            where -> {
              reported.add(CodeLocation.line(at));
              violations.add(
                  CodeLocation.of(type, method)
                      .breaks(Rule.NO_LOGGED_SECRET, at, "a secret goes into " + where));
            });
      }
    }

    private Optional<String> sinkOf(AbstractInsnNode at, Frame<SourceValue> frame) {
      if (at instanceof MethodInsnNode call) {
        return sink(call).filter(any -> anyOf(frame, Type.getArgumentTypes(call.desc).length));
      }
      boolean text = method.name.equals("toString") && at.getOpcode() == Opcodes.ARETURN;
      return text && top(frame, 0) ? Optional.of("the text form of its object") : Optional.empty();
    }

    private Optional<String> joined(AbstractInsnNode at, Frame<SourceValue> frame) {
      boolean joins =
          at instanceof InvokeDynamicInsnNode join
              && isJoin(join)
              && anyOf(frame, Type.getArgumentTypes(join.desc).length);
      return joins ? Optional.of("a joined text") : Optional.empty();
    }
  }
}
