package dev.synthlab.rules;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.function.IntPredicate;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.LookupSwitchInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TableSwitchInsnNode;

/** The control flow graph of a method, without exceptions. */
final class ControlFlow {
  private final MethodNode method;
  private final List<int[]> next;
  private final List<List<Integer>> before;

  ControlFlow(MethodNode method) {
    this.method = method;
    int size = method.instructions.size();
    next = new ArrayList<>(size);
    before = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      before.add(new ArrayList<>(2));
    }
    for (int i = 0; i < size; i++) {
      int[] followers = followers(i, size);
      next.add(followers);
      for (int each : followers) {
        before.get(each).add(i);
      }
    }
  }

  private int[] followers(int i, int size) {
    AbstractInsnNode at = method.instructions.get(i);
    int[] through = i + 1 < size ? new int[] {i + 1} : new int[0];
    return switch (at) {
      case JumpInsnNode jump ->
          jump.getOpcode() == Opcodes.GOTO || through.length == 0
              ? new int[] {index(jump.label)}
              : new int[] {i + 1, index(jump.label)};
      case TableSwitchInsnNode table -> indexes(table.labels, table.dflt);
      case LookupSwitchInsnNode lookup -> indexes(lookup.labels, lookup.dflt);
      default -> ends(at) ? new int[0] : through;
    };
  }

  private static boolean ends(AbstractInsnNode at) {
    int code = at.getOpcode();
    return code == Opcodes.ATHROW || (code >= Opcodes.IRETURN && code <= Opcodes.RETURN);
  }

  private int[] indexes(List<LabelNode> labels, LabelNode other) {
    int[] all = new int[labels.size() + 1];
    for (int i = 0; i < labels.size(); i++) {
      all[i] = index(labels.get(i));
    }
    all[labels.size()] = index(other);
    return all;
  }

  int index(AbstractInsnNode at) {
    return method.instructions.indexOf(at);
  }

  AbstractInsnNode at(int index) {
    return method.instructions.get(index);
  }

  int[] next(int index) {
    return next.get(index);
  }

  /** The instructions reachable from some, themselves included, without passing a stop. */
  BitSet from(int[] starts, IntPredicate stop) {
    BitSet seen = new BitSet();
    Deque<Integer> open = new ArrayDeque<>();
    for (int start : starts) {
      seen.set(start);
      open.add(start);
    }
    while (!open.isEmpty()) {
      int i = open.remove();
      if (!stop.test(i)) {
        for (int each : next.get(i)) {
          if (!seen.get(each)) {
            seen.set(each);
            open.add(each);
          }
        }
      }
    }
    return seen;
  }

  /** The instructions from which one is reachable, itself included. */
  BitSet to(int end) {
    BitSet seen = new BitSet();
    Deque<Integer> open = new ArrayDeque<>(List.of(end));
    seen.set(end);
    while (!open.isEmpty()) {
      for (int each : before.get(open.remove())) {
        if (!seen.get(each)) {
          seen.set(each);
          open.add(each);
        }
      }
    }
    return seen;
  }
}
