package dev.synthlab.rules;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.Name;
import javax.tools.JavaCompiler;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** Finds public methods without Javadoc, with the parser of the JDK's compiler. */
final class JavadocRule {
  private final Scope scope;
  private final Violations violations;
  private final @Nullable JavaCompiler compiler;

  JavadocRule(Scope scope, Violations violations) {
    this.scope = scope;
    this.violations = violations;
    compiler = ToolProvider.getSystemJavaCompiler();
  }

  /** Why the rule cannot be checked; empty if it can. */
  Optional<String> unavailable() {
    return compiler == null
        ? Optional.of("this Java runtime is not a JDK and has no parser")
        : Optional.empty();
  }

  void check(Path file, String text) throws IOException {
    if (compiler == null) {
      return;
    }
    Source source = new Source(file.toUri(), text);
    JavacTask task =
        (JavacTask)
            compiler.getTask(
                null, null, problem -> {}, List.of("-proc:none"), null, List.of(source));
    for (CompilationUnitTree unit : task.parse()) {
      Tree name = unit.getPackageName();
      String packageName = name == null ? "" : name.toString();
      if (scope.infrastructure().contains(packageName + ".package-info")) {
        new Methods(unit, DocTrees.instance(task), packageName, file).scan(unit, true);
      }
    }
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(URI uri, String text) {
      super(uri, Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }

  /** Visits a file; the argument says whether all enclosing types are public. */
  private final class Methods extends TreePathScanner<@Nullable Void, Boolean> {
    private final CompilationUnitTree unit;
    private final DocTrees docs;
    private final String packageName;
    private final Path file;

    Methods(CompilationUnitTree unit, DocTrees docs, String packageName, Path file) {
      this.unit = unit;
      this.docs = docs;
      this.packageName = packageName;
      this.file = file;
    }

    @Override
    public @Nullable Void visitClass(ClassTree type, Boolean seen) {
      boolean open =
          type.getModifiers().getFlags().contains(Modifier.PUBLIC) || isIn(Tree.Kind.INTERFACE);
      return super.visitClass(type, seen && open);
    }

    private boolean isIn(Tree.Kind kind) {
      TreePath parent = getCurrentPath().getParentPath();
      return parent != null && parent.getLeaf().getKind() == kind;
    }

    @Override
    public @Nullable Void visitMethod(MethodTree method, Boolean seen) {
      Set<Modifier> flags = method.getModifiers().getFlags();
      boolean inInterface = isIn(Tree.Kind.INTERFACE) && !flags.contains(Modifier.PRIVATE);
      boolean open = flags.contains(Modifier.PUBLIC) || inInterface;
      boolean inherits =
          method.getModifiers().getAnnotations().stream()
              .anyMatch(each -> each.getAnnotationType().toString().endsWith("Override"));
      boolean made = docs.getSourcePositions().getEndPosition(unit, method) < 0;
      if (seen && open && !inherits && !made && docs.getDocComment(getCurrentPath()) == null) {
        violations.add(violation(method));
      }
      return null; // classes inside a method are not public
    }

    private Violation violation(MethodTree method) {
      long start = docs.getSourcePositions().getStartPosition(unit, method);
      OptionalInt line = OptionalInt.of((int) unit.getLineMap().getLineNumber(start));
      StringBuilder types = new StringBuilder();
      for (TreePath at = getCurrentPath(); at != null; at = at.getParentPath()) {
        if (at.getLeaf() instanceof ClassTree type) {
          types.insert(0, "$" + type.getSimpleName());
        }
      }
      String name = types.substring(1);
      Name called = method.getName();
      return new Violation(
          Rule.DOCUMENTED,
          packageName.isEmpty() ? name : packageName + "." + name,
          JvmNames.method(called.toString()),
          String.valueOf(file.getFileName()),
          line,
          "is public and has no comment");
    }
  }
}
