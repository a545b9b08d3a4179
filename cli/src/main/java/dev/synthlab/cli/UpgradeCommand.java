package dev.synthlab.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * A hidden command that rewrites the classes of a jar that were compiled for Java 5 or older as
 * classes of Java 8. The JVM keeps no older class in its start-up cache, and picocli is such a
 * library. The launcher runs it after a build.
 */
@Command(name = "__upgrade", hidden = true)
final class UpgradeCommand implements Callable<Integer> {
  /** Where the version lies in a class file. */
  private static final int MAJOR_VERSION = 7;

  @Parameters(paramLabel = "JAR")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Path jar;

  @Override
  public Integer call() throws IOException {
    upgrade(jar);
    return ExitCodes.OK;
  }

  /** Rewrites the old classes of a jar; its superclasses must be on the class path. */
  static void upgrade(Path jar) throws IOException {
    // The jar is replaced when the file system is closed, in one step.
    try (FileSystem inside = FileSystems.newFileSystem(URI.create("jar:" + jar.toUri()), Map.of());
        Stream<Path> files = Files.walk(inside.getPath("/"))) {
      List<Path> classes = files.filter(each -> each.toString().endsWith(".class")).toList();
      for (Path each : classes) {
        byte[] bytes = Files.readAllBytes(each);
        if (isOld(bytes)) {
          Files.write(each, upgraded(bytes));
        }
      }
    }
  }

  /** Whether a class file has no stack map, which came with Java 6. */
  static boolean isOld(byte[] classFile) {
    return classFile[MAJOR_VERSION] < Opcodes.V1_6;
  }

  private static byte[] upgraded(byte[] classFile) {
    ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_FRAMES);
    ClassVisitor newer =
        new ClassVisitor(Opcodes.ASM9, writer) {
          @Override
          public void visit(
              int version,
              int access,
              String name,
              String signature,
              String superName,
              String[] interfaces) {
            super.visit(Opcodes.V1_8, access, name, signature, superName, interfaces);
          }
        };
    new ClassReader(classFile).accept(newer, ClassReader.SKIP_FRAMES);
    return writer.toByteArray();
  }
}
