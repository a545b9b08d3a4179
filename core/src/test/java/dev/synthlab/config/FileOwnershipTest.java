package dev.synthlab.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileOwnershipTest {
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
    int owner = (Integer) Files.getAttribute(file, "unix:uid");
    FileOwnership another = FileOwnership.of(owner + 1);

    assertThat(EnvFile.named(file, FileOwnership.of(owner)).problems()).isEmpty();
    if (owner == 0) {
      assertThat(another.objection(file)).as("root is trusted").isEmpty();
      Files.setAttribute(file, "unix:uid", 12_345);
    }
    EnvFile theirs = EnvFile.named(file, another);

    assertThat(theirs.entries()).isEmpty();
    assertThat(theirs.problems())
        .singleElement()
        .asString()
        .contains(file.toString(), "must belong to you or to root");
  }

  @Test
  void refusesALinkOfAnotherUserToAFileOfThisOne() throws IOException {
    int owner = (Integer) Files.getAttribute(file, "unix:uid");
    Path link = Files.createSymbolicLink(directory.resolve("link"), file);

    assertThat(FileOwnership.of(owner).objection(link)).isEmpty();
    if (owner == 0) { // only root can give a link away
      Files.setAttribute(link, "unix:uid", 12_345, java.nio.file.LinkOption.NOFOLLOW_LINKS);

      assertThat(FileOwnership.of(owner).objection(link).orElseThrow()).contains("12345");
    }
  }

  @ParameterizedTest
  @CsvSource({"rwxr-xr-x, true", "rwxrwxr-x, true", "rwxrwxrwx, false", "rwx----w-, false"})
  void refusesAFileInADirectoryInWhichEverybodyMayReplaceIt(String permissions, boolean taken)
      throws IOException {
    permit(directory, permissions);

    assertThat(FileOwnership.ofThisUser().objection(file).isEmpty()).isEqualTo(taken);
  }

  @Test
  void takesAFileOfADirectoryLikeTheTemporaryOneWhereNobodyReplacesWhatIsAnothers()
      throws IOException {
    Files.setAttribute(directory, "unix:mode", 01777);

    assertThat(FileOwnership.ofThisUser().objection(file)).isEmpty();
  }

  @Test
  void asksNothingOfAFileSystemThatKnowsNoOwners() throws IOException {
    URI archive = URI.create("jar:" + directory.resolve("a.zip").toUri());
    try (FileSystem zip = FileSystems.newFileSystem(archive, Map.of("create", "true"))) {
      Path inside = Files.writeString(zip.getPath("/.env"), "SYNTHLAB_DEFAULT_MODEL=m\n");

      assertThat(FileOwnership.ofThisUser().objection(inside)).isEmpty();
      assertThat(EnvFile.named(inside).entries()).containsOnlyKeys("SYNTHLAB_DEFAULT_MODEL");
    }
  }
}
