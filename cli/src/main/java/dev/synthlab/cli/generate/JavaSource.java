package dev.synthlab.cli.generate;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** A Java source under construction, in the layout of google-java-format. For one thread. */
final class JavaSource {
  private static final int WIDTH = 100;
  private static final int MAX_LENGTH = 16 << 20;

  private final String packageName;
  private final Set<String> imports = new TreeSet<>();
  private final Set<String> statics = new TreeSet<>();
  private final StringBuilder body = new StringBuilder();

  JavaSource(String packageName) {
    this.packageName = packageName;
  }

  /** An expression of the source. */
  sealed interface Expression {
    /** Text that stays on one line. */
    record Text(String text) implements Expression {}

    /** A call with arguments. */
    record Call(String head, List<Expression> arguments) implements Expression {}

    static Expression of(String text) {
      return new Text(text);
    }

    /** The expression on one line. */
    default String flat() {
      return switch (this) {
        case Text text -> text.text();
        case Call call ->
            call.head()
                + "("
                + String.join(", ", call.arguments().stream().map(Expression::flat).toList())
                + ")";
      };
    }
  }

  JavaSource use(String type) {
    if (!type.isEmpty()) {
      imports.add(type);
    }
    return this;
  }

  JavaSource useStatic(String member) {
    statics.add(member);
    return this;
  }

  /** Imports all parts of a type. */
  JavaSource use(Type type) {
    switch (type) {
      case Type.Scalar scalar -> use(scalar.imported());
      case Type.ListOf list -> use("java.util.List").use(list.member());
      case Type.MapOf map -> use("java.util.Map").use(map.member());
      case Type.OptionalOf maybe -> use("java.util.Optional").use(maybe.of());
      case Type.Named named -> {}
    }
    return this;
  }

  JavaSource line(int indent, String text) {
    body.append(" ".repeat(text.isEmpty() ? 0 : indent)).append(text).append('\n');
    if (body.length() > MAX_LENGTH) {
      throw new GenerateException(
          "a class of the client would be larger than "
              + (MAX_LENGTH >> 20)
              + " MB; use an OpenAPI file with fewer or smaller operations");
    }
    return this;
  }

  JavaSource line() {
    return line(0, "");
  }

  /** Appends lines unchanged. */
  JavaSource lines(String text) {
    body.append(text);
    return this;
  }

  /** A parenthesised list: on one line, on the next line, or one element per line. */
  JavaSource listed(int indent, String before, List<String> members, String after) {
    String all = String.join(", ", members);
    if (indent + before.length() + all.length() + after.length() <= WIDTH || members.isEmpty()) {
      return line(indent, before + all + after);
    }
    line(indent, before);
    if (indent + 4 + all.length() + after.length() <= WIDTH) {
      return line(indent + 4, all + after);
    }
    for (int i = 0; i < members.size(); i++) {
      member(indent + 4, members.get(i) + (i + 1 < members.size() ? "," : after));
    }
    return this;
  }

  /** One element; if it is too long, its annotations go on a line of their own. */
  private void member(int indent, String text) {
    int type = text.startsWith("@") ? text.lastIndexOf(") ", text.length() - 3) + 2 : 0;
    if (indent + text.length() <= WIDTH || type < 2) {
      line(indent, text);
    } else {
      line(indent, text.substring(0, type - 1)).line(indent + 4, text.substring(type));
    }
  }

  /** A statement; if it is too long, it is broken after {@code =}. */
  JavaSource statement(int indent, String text) {
    int assigned = text.indexOf(" = ");
    return indent + text.length() <= WIDTH || assigned < 0
        ? line(indent, text)
        : line(indent, text.substring(0, assigned + 2))
            .line(indent + 4, text.substring(assigned + 3));
  }

  /** A chain of method calls: on one line, or one call per line. */
  JavaSource chain(int indent, String before, List<Expression.Call> calls) {
    StringBuilder flat = new StringBuilder(before);
    calls.forEach(call -> flat.append(call.flat()));
    if (indent + flat.length() + 1 <= WIDTH) {
      return line(indent, flat + ";");
    }
    if (calls.size() == 1) {
      return expression(
          indent, before + calls.getFirst().head() + "(", calls.getFirst().arguments(), ");");
    }
    int assigned = before.indexOf(" = ");
    int further = assigned < 0 ? indent : indent + 4;
    if (assigned >= 0) {
      line(indent, before.substring(0, assigned + 2));
      String rest = flat.substring(assigned + 3) + ";";
      if (further + rest.length() <= WIDTH) {
        return line(further, rest);
      }
    }
    String first = assigned < 0 ? before : before.substring(assigned + 3);
    for (int i = 0; i < calls.size(); i++) {
      String head = (i == 0 ? first : "") + calls.get(i).head() + "(";
      String after = i + 1 < calls.size() ? ")" : ");";
      expression(i == 0 ? further : further + 4, head, calls.get(i).arguments(), after);
    }
    return this;
  }

  /** A call whose arguments may be calls. */
  JavaSource expression(int indent, String before, List<Expression> arguments, String after) {
    String all = String.join(", ", arguments.stream().map(Expression::flat).toList());
    if (indent + before.length() + all.length() + after.length() <= WIDTH || all.isEmpty()) {
      return line(indent, before + all + after);
    }
    line(indent, before);
    if (indent + 4 + all.length() + after.length() <= WIDTH) {
      return line(indent + 4, all + after);
    }
    for (int i = 0; i < arguments.size(); i++) {
      String end = i + 1 < arguments.size() ? "," : after;
      switch (arguments.get(i)) {
        case Expression.Text text -> line(indent + 4, text.text() + end);
        case Expression.Call call ->
            expression(indent + 4, call.head() + "(", call.arguments(), ")" + end);
      }
    }
    return this;
  }

  /** A Javadoc comment: paragraphs, then tags. */
  JavaSource javadoc(int indent, List<String> paragraphs, List<String> tags) {
    if (tags.isEmpty() && paragraphs.size() == 1) {
      String one = "/** " + paragraphs.getFirst() + " */";
      if (indent + one.length() <= WIDTH) {
        return line(indent, one);
      }
    }
    line(indent, "/**");
    for (int i = 0; i < paragraphs.size(); i++) {
      if (i > 0) {
        line(indent, " *");
      }
      wrapped((i > 0 ? "<p>" : "") + paragraphs.get(i), indent, "");
    }
    if (!tags.isEmpty()) {
      line(indent, " *");
    }
    tags.forEach(tag -> wrapped(tag, indent, "    "));
    return line(indent, " */");
  }

  JavaSource javadoc(int indent, String text) {
    return javadoc(indent, List.of(text), List.of());
  }

  private void wrapped(String text, int indent, String further) {
    int room = WIDTH - indent - 3;
    StringBuilder at = new StringBuilder();
    for (String word : text.split(" ", -1)) {
      if (!at.isEmpty() && at.length() + 1 + word.length() > room) {
        line(indent, " * " + at);
        at.setLength(0);
        at.append(further);
      }
      at.append(at.isEmpty() || at.toString().equals(further) ? "" : " ").append(word);
    }
    line(indent, " * " + at);
  }

  /** The text of the file. */
  String text() {
    List<String> head = new ArrayList<>();
    head.add("package " + packageName + ";\n");
    if (!statics.isEmpty()) {
      head.add("");
      statics.forEach(each -> head.add("import static " + each + ";"));
    }
    head.add("");
    imports.stream()
        .filter(
            each ->
                !each.startsWith(packageName + ".")
                    || each.indexOf('.', packageName.length() + 1) > 0)
        .forEach(each -> head.add("import " + each + ";"));
    String top = String.join("\n", head).replaceAll("\n{3,}", "\n\n").stripTrailing();
    return top + "\n\n" + body.toString().stripTrailing() + "\n";
  }
}
