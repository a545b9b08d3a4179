package dev.synthlab.rules;

import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.IincInsnNode;
import org.objectweb.asm.tree.InvokeDynamicInsnNode;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.LookupSwitchInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TableSwitchInsnNode;
import org.objectweb.asm.tree.TryCatchBlockNode;
import org.objectweb.asm.tree.VarInsnNode;

/**
 * Finds retry loops. Such a loop contains an external call whose exception handler leads back to
 * the call, while success leaves the loop: directly, or through a variable that the loop condition
 * reads. A loop over items that skips failed ones is allowed, since success continues with the next
 * item too. A method that calls itself from the handler is a retry without a loop.
 */
final class RetryLoops {
  private static final Map<String, Set<String>> FUNCTION_CALLS =
      Map.of(
          "java/util/concurrent/Callable", Set.of("call"),
          "java/util/function/Supplier", Set.of("get"),
          "java/util/function/Function", Set.of("apply"),
          "java/lang/Runnable", Set.of("run"));

  private static final Map<String, Set<String>> NEXT_ITEM_CALLS =
      Map.of(
          "java/util/Iterator", Set.of("next"),
          "java/util/ListIterator", Set.of("next"),
          "java/util/Enumeration", Set.of("nextElement"),
          "java/util/List", Set.of("get", "remove", "removeFirst"),
          "java/util/ArrayList", Set.of("get"),
          "java/util/Queue", Set.of("poll", "remove"),
          "java/util/Deque", Set.of("poll", "pop", "removeFirst", "pollFirst"),
          "java/util/concurrent/BlockingQueue", Set.of("poll", "take"),
          "java/io/BufferedReader", Set.of("readLine"));

  private final Scope scope;
  private final Violations violations;

  RetryLoops(Scope scope, Violations violations) {
    this.scope = scope;
    this.violations = violations;
  }

  void check(ClassNode type) {
    Set<String> reaching = reaching(type);
    for (MethodNode method : type.methods) {
      if (!method.tryCatchBlocks.isEmpty()) {
        method(type, method, reaching);
      }
    }
  }

  // ---- external calls --------------------------------------------------------------------------

  /** The methods of a class that make external calls, directly or through other methods of it. */
  private Set<String> reaching(ClassNode type) {
    Set<String> reaching = new HashSet<>();
    Map<String, Set<String>> calls = new HashMap<>();
    for (MethodNode method : type.methods) {
      Set<String> own = calls.computeIfAbsent(key(method), any -> new HashSet<>());
      for (AbstractInsnNode at : method.instructions) {
        if (at instanceof MethodInsnNode call) {
          if (call.owner.equals(type.name)) {
            own.add(call.name + call.desc);
          } else if (isOutside(type, call)) {
            reaching.add(key(method));
          }
        } else if (at instanceof InvokeDynamicInsnNode lambda) {
          own.addAll(lambdas(type, lambda));
        }
      }
    }
    boolean more = true;
    while (more) {
      more = false;
      for (Map.Entry<String, Set<String>> each : calls.entrySet()) {
        if (each.getValue().stream().anyMatch(reaching::contains)) {
          more |= reaching.add(each.getKey());
        }
      }
    }
    return reaching;
  }

  private static Set<String> lambdas(ClassNode type, InvokeDynamicInsnNode lambda) {
    Set<String> own = new HashSet<>();
    for (Object argument : lambda.bsmArgs) {
      if (argument instanceof Handle handle && handle.getOwner().equals(type.name)) {
        own.add(handle.getName() + handle.getDesc());
      }
    }
    return own;
  }

  private static String key(MethodNode method) {
    return method.name + method.desc;
  }

  /**
   * Whether a call is external: of a client by its name, of an external API, or of infrastructure.
   */
  private boolean isOutside(ClassNode from, MethodInsnNode call) {
    if (call.name.equals("<init>") || call.name.equals("close")) {
      return false;
    }
    String owner = JvmNames.dotted(call.owner);
    boolean stands = scope.infrastructure().contains(JvmNames.dotted(from.name));
    return ExternalApis.ofCall(call.owner, call.name).isPresent()
        || (JvmNames.simple(owner).endsWith("Client") && !owner.startsWith("java."))
        || (!stands && scope.infrastructure().contains(owner));
  }

  private static boolean isOneOf(Map<String, Set<String>> calls, AbstractInsnNode at) {
    return at instanceof MethodInsnNode call
        && calls.getOrDefault(call.owner, Set.of()).contains(call.name);
  }

  // ---- loops ----------------------------------------------------------------------------------

  private void method(ClassNode type, MethodNode method, Set<String> reaching) {
    ControlFlow flow = new ControlFlow(method);
    for (TryCatchBlockNode block : method.tryCatchBlocks) {
      int handler = flow.index(block.handler);
      BitSet afterFailure = flow.from(new int[] {handler}, any -> false);
      int end = flow.index(block.end);
      for (int i = flow.index(block.start); i < end; i++) {
        AbstractInsnNode at = flow.at(i);
        boolean outside = reachesOutside(type, at, reaching);
        boolean whatever = isOneOf(FUNCTION_CALLS, at);
        if (outside || whatever) {
          boolean again =
              (afterFailure.get(i) && isRetry(flow, i, handler, whatever))
                  || ((outside || runsItsArgument(method, at))
                      && callsItself(type, method, flow, afterFailure));
          if (again) {
            String what = "calls again what failed: " + called(at);
            violations.add(CodeLocation.of(type, method).breaks(Rule.NO_OWN_RETRY, at, what));
            return;
          }
        }
      }
    }
  }

  private boolean reachesOutside(ClassNode type, AbstractInsnNode at, Set<String> reaching) {
    return switch (at) {
      case MethodInsnNode call ->
          call.owner.equals(type.name)
              ? reaching.contains(call.name + call.desc)
              : isOutside(type, call);
      case InvokeDynamicInsnNode lambda ->
          lambdas(type, lambda).stream().anyMatch(reaching::contains);
      default -> false;
    };
  }

  private static String called(AbstractInsnNode at) {
    return at instanceof MethodInsnNode call
        ? JvmNames.simple(JvmNames.dotted(call.owner)) + "." + JvmNames.method(call.name)
        : "a lambda that reaches outside";
  }

  /** Whether a method runs a function that it was passed: by calling itself it runs it again. */
  private static boolean runsItsArgument(MethodNode method, AbstractInsnNode at) {
    return isOneOf(FUNCTION_CALLS, at)
        && at instanceof MethodInsnNode call
        && call.desc.startsWith("()")
        && method.desc.contains("L" + call.owner + ";");
  }

  private static boolean callsItself(
      ClassNode type, MethodNode method, ControlFlow flow, BitSet afterFailure) {
    return afterFailure.stream()
        .mapToObj(flow::at)
        .anyMatch(
            at ->
                at instanceof MethodInsnNode call
                    && call.owner.equals(type.name)
                    && (call.name + call.desc).equals(key(method)));
  }

  private static boolean isRetry(ControlFlow flow, int call, int handler, boolean whatever) {
    BitSet loop = flow.to(call);
    // From the failure to the call: the path back, and the conditions on it.
    BitSet back = flow.from(new int[] {handler}, i -> i == call);
    back.and(loop);
    boolean another = back.stream().anyMatch(i -> takesNextItem(flow.at(i)));
    BitSet after = flow.from(flow.next(call), i -> back.get(i) || !loop.get(i));
    boolean leaves = after.stream().anyMatch(i -> !loop.get(i) && !fails(flow, i));
    boolean goesOn = after.stream().anyMatch(back::get);
    if (another) {
      return leaves && !goesOn && !whatever;
    }
    after.andNot(back);
    return leaves || decidesTheEnd(flow, loop, back, after);
  }

  /** Whether all paths end in an exception, so that success cannot leave by them. */
  private static boolean fails(ControlFlow flow, int from) {
    BitSet way = flow.from(new int[] {from}, any -> false);
    return way.stream().mapToObj(flow::at).noneMatch(at -> isReturn(at.getOpcode()));
  }

  private static boolean isReturn(int code) {
    return code >= Opcodes.IRETURN && code <= Opcodes.RETURN;
  }

  private static boolean takesNextItem(AbstractInsnNode at) {
    return isOneOf(NEXT_ITEM_CALLS, at) || at.getOpcode() == Opcodes.AALOAD;
  }

  /**
   * Whether success writes a variable that a condition on the path back reads to leave the loop.
   */
  private static boolean decidesTheEnd(ControlFlow flow, BitSet loop, BitSet back, BitSet after) {
    Set<Integer> written = new HashSet<>();
    after.stream().mapToObj(flow::at).forEach(at -> written(at).forEach(written::add));
    back.stream().mapToObj(flow::at).forEach(at -> written(at).forEach(written::remove));
    return back.stream()
        .filter(i -> isTest(flow.at(i)) && exits(flow, loop, i))
        .anyMatch(i -> reads(flow, i).stream().anyMatch(written::contains));
  }

  private static List<Integer> written(AbstractInsnNode at) {
    return switch (at) {
      case VarInsnNode var -> var.getOpcode() >= Opcodes.ISTORE ? List.of(var.var) : List.of();
      case IincInsnNode more -> List.of(more.var);
      default -> List.of();
    };
  }

  private static boolean isTest(AbstractInsnNode at) {
    return at instanceof JumpInsnNode
        || at instanceof LookupSwitchInsnNode
        || at instanceof TableSwitchInsnNode;
  }

  private static boolean exits(ControlFlow flow, BitSet loop, int test) {
    for (int each : flow.next(test)) {
      if (!loop.get(each)) {
        return true;
      }
    }
    return false;
  }

  /** The variables that the instructions before a condition load. */
  private static Set<Integer> reads(ControlFlow flow, int test) {
    Set<Integer> vars = new HashSet<>();
    AbstractInsnNode at = flow.at(test).getPrevious();
    for (int i = 0; i < 4 && at != null && !isTest(at); at = at.getPrevious()) {
      if (at.getOpcode() >= 0) {
        i++;
      }
      if (at instanceof VarInsnNode load && load.getOpcode() < Opcodes.ISTORE) {
        vars.add(load.var);
      }
    }
    return vars;
  }
}
