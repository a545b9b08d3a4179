package dev.synthlab.rules;

import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.LineNumberNode;
import org.objectweb.asm.tree.MethodNode;

/** Where in a class something is, to be said in a violation. */
record Place(ClassNode type, String member) {

  static Place of(ClassNode type) {
    return new Place(type, "");
  }

  static Place of(ClassNode type, MethodNode method) {
    return new Place(type, Names.method(method.name));
  }

  String className() {
    return Names.dotted(type.name);
  }

  Violation breaks(Rule rule, String what) {
    return new Violation(rule, className(), member, file(), OptionalInt.empty(), what);
  }

  Violation breaks(Rule rule, AbstractInsnNode at, String what) {
    return new Violation(rule, className(), member, file(), line(at), what);
  }

  private String file() {
    return type.sourceFile == null
        ? Names.simple(Names.outermost(className())) + ".java"
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
