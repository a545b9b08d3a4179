package dev.synthlab.rules;

import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.LineNumberNode;
import org.objectweb.asm.tree.MethodNode;

/** A location in a class, for violations. */
record CodeLocation(ClassNode type, String member) {

  static CodeLocation of(ClassNode type) {
    return new CodeLocation(type, "");
  }

  static CodeLocation of(ClassNode type, MethodNode method) {
    return new CodeLocation(type, JvmNames.method(method.name));
  }

  String className() {
    return JvmNames.dotted(type.name);
  }

  Violation breaks(Rule rule, String what) {
    return new Violation(rule, className(), member, file(), OptionalInt.empty(), what);
  }

  Violation breaks(Rule rule, AbstractInsnNode at, String what) {
    return new Violation(rule, className(), member, file(), line(at), what);
  }

  private String file() {
    return type.sourceFile == null
        ? JvmNames.simple(JvmNames.outermost(className())) + ".java"
        : type.sourceFile;
  }

  static OptionalInt line(@Nullable AbstractInsnNode at) {
    for (AbstractInsnNode node = at; node != null; node = node.getPrevious()) {
      if (node instanceof LineNumberNode line) {
        return OptionalInt.of(line.line);
      }
    }
    return OptionalInt.empty();
  }
}
