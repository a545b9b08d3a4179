package dev.synthlab.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvFileOwnershipTest {
  @TempDir private Path directory = Path.of("");

  private Path file = Path.of("");

  @BeforeEach
  void write() throws IOException {
    permit(directory, "rwx------");
    file = Files.writeString(directory.resolve(".env"), "SYNTHLAB_DEFAULT_MODEL=m\n");
    permit(file, "rw-------");
  }

  private static void permit(Path path, String permissions) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw--w----", "rw-----w-", "rw-rw-r--", "rw-rw-rw-"})
  void refusesAFileThatOthersMayWriteNamedOrNot(String permissions) throws IOException {
    permit(file, permissions);
    Environment merely = Environment.of(Map.of(), directory);

    for (Environment each : new Environment[] {merely, merely.withEnvFile(file)}) {
      assertThatExceptionOfType(ConfigException.class)
          .isThrownBy(() -> Settings.from(each))
          .withMessageContainingAll(file.toString(), permissions, "chmod 600 " + file);
      assertThat(each.convention("SYNTHLAB_DEFAULT_MODEL")).isEmpty();
    }
  }

  @Test
  void refusesAFileOfAnotherUserNamedOrNot() throws IOException {
    assertThat(EnvFile.named(file).problems()).isEmpty();
    giveAway(file);

    for (EnvFile theirs : new EnvFile[] {EnvFile.named(file), EnvFile.in(directory)}) {
      assertThat(theirs.entries()).isEmpty();
      assertThat(theirs.problems())
          .singleElement()
          .asString()
          .contains(file.toString(), "must belong to you or to root", "a copy of your own");
    }
  }

  @Test
  void refusesALinkOfAnotherUserToAFileOfThisOne() throws IOException {
    Path link = Files.createSymbolicLink(directory.resolve("link"), file);
    assertThat(EnvFile.named(link).problems()).isEmpty();
    giveAway(link);

    assertThat(EnvFile.named(link).problems()).singleElement().asString().contains("12345");
  }

  @Test
  void refusesALinkToAFileThatEverybodyCanReplace() throws IOException {
    Path open = Files.createDirectory(directory.resolve("open"));
    Path target = Files.move(file, open.resolve("settings"));
    Path link = Files.createSymbolicLink(file, target);
    assertThat(EnvFile.named(link).problems()).isEmpty();
    permit(open, "rwxrwxrwx");

    assertThat(EnvFile.named(link).problems()).singleElement().asString().contains("rwxrwxrwx");
  }

  @ParameterizedTest
  @CsvSource({"rwxr-xr-x, true", "rwxrwxr-x, true", "rwxrwxrwx, false", "rwx----w-, false"})
  void refusesAFileThatEverybodyCanReplace(String permissions, boolean taken) throws IOException {
    permit(directory, permissions);

    assertThat(EnvFile.named(file).problems().isEmpty()).isEqualTo(taken);
    assertThat(EnvFile.named(file).problems().toString())
        .contains(taken ? "" : "chmod go-w " + directory);
  }

  @Test
  void acceptsALinkedDirectoryThatAGroupMayWrite() throws IOException {
    Path shared = Files.createDirectory(directory.resolve("shared"));
    Files.move(file, shared.resolve(".env"));
    permit(shared, "rwxrwx---");
    Path link = Files.createSymbolicLink(directory.resolve("link"), shared);

    assertThat(EnvFile.in(link).problems()).isEmpty();
    assertThat(EnvFile.in(link).entries()).containsOnlyKeys("SYNTHLAB_DEFAULT_MODEL");
  }

  @Test
  void acceptsAStickyDirectory() throws IOException {
    Files.setAttribute(directory, "unix:mode", 01777);

    assertThat(EnvFile.named(file).problems()).isEmpty();
  }

  @Test
  void checksNoOwnersIfTheFileSystemHasNone() throws IOException {
    URI archive = URI.create("jar:" + directory.resolve("a.zip").toUri());
    try (FileSystem zip = FileSystems.newFileSystem(archive, Map.of("create", "true"))) {
      Path inside = Files.writeString(zip.getPath("/.env"), "SYNTHLAB_DEFAULT_MODEL=m\n");

      assertThat(EnvFile.named(inside).problems()).isEmpty();
      assertThat(EnvFile.named(inside).entries()).containsOnlyKeys("SYNTHLAB_DEFAULT_MODEL");
    }
  }

  private static void giveAway(Path path) throws IOException {
    assumeThat(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))
        .as("only root can give a file away")
        .isEqualTo(0);
    Files.setAttribute(path, "unix:uid", 12_345, LinkOption.NOFOLLOW_LINKS);
  }
}
