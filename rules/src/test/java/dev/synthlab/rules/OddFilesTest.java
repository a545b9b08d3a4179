package dev.synthlab.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;

/** Whatever bytes stand where a class should: named, or passed over for a reason, never a crash. */
class OddFilesTest {
  private static final Path RETRIES =
      ChecklistTest.CLASSES.resolve("planted/service/Retries.class");
  private static final Path TALKS = ChecklistTest.CLASSES.resolve("planted/service/Talks.class");

  @TempDir private Path directory;

  private Path jar(Map<String, byte[]> entries) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
      }
    }
    return Files.write(directory.resolve("odd.jar"), out.toByteArray());
  }

  private static CheckReport report(Path path) {
    return Checklist.over(List.of(path)).report();
  }

  private static byte[] ofVersion(int version) {
    ClassWriter writer = new ClassWriter(0);
    writer.visit(version, Opcodes.ACC_PUBLIC, "odd/Newer", null, "java/lang/Object", null);
    writer.visitEnd();
    return writer.toByteArray();
  }

  @Test
  void readsMultiReleaseAndExecutableJars() throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("module-info.class", new byte[] {1});
    entries.put("planted/service/Retries.class", Files.readAllBytes(RETRIES));
    entries.put("META-INF/versions/21/planted/service/Retries.class", Files.readAllBytes(RETRIES));
    entries.put("BOOT-INF/classes/planted/service/Talks.class", Files.readAllBytes(TALKS));
    entries.put("BOOT-INF/lib/other.jar", new byte[] {1});

    CheckReport report = report(jar(entries));

    assertThat(report.classes()).isEqualTo(2);
    assertThat(report.violations()).doesNotHaveDuplicates();
    assertThat(report.violations()).filteredOn(one -> one.rule() == Rule.NO_SLEEP).hasSize(3);
    assertThat(report.violations()).anyMatch(one -> one.className().endsWith("Talks"));
    assertThat(report.notChecked()).anyMatch(one -> one.contains("the 1 jars inside of it"));
  }

  @Test
  void readsClassesOfJava25AndReportsNewerOnes() throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("odd/Of25.class", ofVersion(Opcodes.V25));
    entries.put("odd/OfTheFuture.class", ofVersion(Opcodes.V25 + 40));

    CheckReport report = report(jar(entries));

    assertThat(report.classes()).isEqualTo(1);
    assertThat(report.notChecked())
        .anyMatch(one -> one.contains("OfTheFuture") && one.contains("no class file"));
  }

  @Test
  void reportsInvalidClassFilesAndContinues() throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("odd/Empty.class", new byte[0]);
    entries.put("odd/Text.class", "no class".getBytes(StandardCharsets.UTF_8));
    entries.put("planted/service/Retries.class", Files.readAllBytes(RETRIES));

    CheckReport report = report(jar(entries));

    assertThat(report.violations()).isNotEmpty();
    assertThat(report.notChecked())
        .anyMatch(one -> one.contains("odd/Empty.class"))
        .anyMatch(one -> one.contains("odd/Text.class"));
  }

  @Test
  void survivesArbitraryBytes() throws IOException {
    Random random = new Random(20261124);
    for (byte[] good : List.of(Files.readAllBytes(RETRIES), Files.readAllBytes(TALKS))) {
      for (int round = 0; round < 500; round++) {
        byte[] bad = good.clone();
        for (int i = 0; i <= random.nextInt(6); i++) {
          bad[8 + random.nextInt(bad.length - 8)] = (byte) random.nextInt(256);
        }
        ClassScan inspection = new ClassScan(Scope.defaults());
        inspection.scan("bad", bad);
        CheckReport report = inspection.finish().report();
        assertThat(report.classes() + report.notChecked().size()).isPositive();
      }
    }
  }

  @Test
  void reportsAnInvalidJar() throws IOException {
    Path good = Files.copy(RETRIES, directory.resolve("Retries.class"));
    Path bad = Files.writeString(directory.resolve("bad.jar"), "no jar");

    CheckReport report = Checklist.over(List.of(good, bad)).report();

    assertThat(report.violations()).isNotEmpty();
    assertThat(report.notChecked()).anyMatch(one -> one.contains("bad.jar is no jar"));
  }
}
