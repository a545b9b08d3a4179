package dev.synthlab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class UpgradeCommandTest {
  @TempDir private Path directory;

  @Test
  void leavesNoClassThatTheStartUpCacheCannotHold() throws Exception {
    Path jar = upgradedPicocli();

    assertThat(oldClasses(QuickStart.PICOCLI)).isNotEmpty();
    assertThat(oldClasses(jar)).isEmpty();
    assertThat(entries(jar)).isEqualTo(entries(QuickStart.PICOCLI));
  }

  @Test
  void leavesClassesThatTheJvmVerifiesAndRuns() throws Exception {
    Path jar = upgradedPicocli();

    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {jar.toUri().toURL()}, ClassLoader.getPlatformClassLoader())) {
      for (String entry : entries(jar)) {
        if (entry.startsWith("picocli/CommandLine") && entry.endsWith(".class")) {
          // To initialize a class is to verify all its methods.
          Class.forName(entry.replace(".class", "").replace('/', '.'), true, loader);
        }
      }
    }
  }

  private Path upgradedPicocli() throws IOException {
    Path jar = Files.copy(QuickStart.PICOCLI, directory.resolve("picocli.jar"));
    int exit = new CommandLine(new UpgradeCommand()).execute(jar.toString());
    assertThat(exit).isEqualTo(ExitCodes.OK);
    return jar;
  }

  private static List<String> entries(Path jar) throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      return file.stream().map(JarEntry::getName).sorted().toList();
    }
  }

  private static List<String> oldClasses(Path jar) throws IOException {
    List<String> old = new ArrayList<>();
    try (JarFile file = new JarFile(jar.toFile())) {
      for (JarEntry entry : Collections.list(file.entries())) {
        if (entry.getName().endsWith(".class")) {
          try (InputStream bytes = file.getInputStream(entry)) {
            if (UpgradeCommand.isOld(bytes.readAllBytes())) {
              old.add(entry.getName());
            }
          }
        }
      }
    }
    return old;
  }
}
