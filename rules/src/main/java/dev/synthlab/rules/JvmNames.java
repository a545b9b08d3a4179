package dev.synthlab.rules;

import org.objectweb.asm.Type;

/** Converts names of class files to names of sources. */
final class JvmNames {
  private JvmNames() {}

  static String dotted(String internal) {
    return internal.replace('/', '.');
  }

  static String packageOf(String className) {
    int dot = className.lastIndexOf('.');
    return dot < 0 ? "" : className.substring(0, dot);
  }

  static String simple(String className) {
    return className.substring(
        Math.max(className.lastIndexOf('.'), className.lastIndexOf('/')) + 1);
  }

  static String outermost(String className) {
    int dollar = className.indexOf('$', className.lastIndexOf('.') + 2);
    return dollar < 0 ? className : className.substring(0, dollar);
  }

  /** The name of a method in the source; for a lambda, of the method that contains it. */
  static String method(String name) {
    String known = name;
    if (name.startsWith("lambda$")) {
      int end = name.indexOf('$', "lambda$".length());
      known = name.substring("lambda$".length(), end < 0 ? name.length() : end);
    }
    return switch (known) {
      case "<init>", "new" -> "(constructor)";
      case "<clinit>", "static" -> "(static)";
      default -> known;
    };
  }

  /** The class that a descriptor of a field names; empty for numbers. */
  static String element(Type type) {
    Type at = type.getSort() == Type.ARRAY ? type.getElementType() : type;
    return at.getSort() == Type.OBJECT ? at.getInternalName() : "";
  }
}
