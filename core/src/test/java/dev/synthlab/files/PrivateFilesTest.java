package dev.synthlab.files;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateFilesTest {
  private static final int NOBODY = 65_534;
  private static final List<OpenOption[]> WAYS =
      List.of(
          new OpenOption[] {CREATE, WRITE},
          new OpenOption[] {CREATE, APPEND},
          new OpenOption[] {CREATE, READ, WRITE},
          new OpenOption[] {CREATE, WRITE, TRUNCATE_EXISTING},
          new OpenOption[] {WRITE});

  @TempDir private Path directory;

  private Path file() {
    return directory.resolve("file");
  }

  @Test
  void createsAFileForItsOwnerOnly() throws IOException {
    written(file(), "a", CREATE, WRITE);

    assertThat(mode(file())).isEqualTo("rw-------");
    assertThat(file()).hasContent("a");
  }

  @Test
  void preservesTheContentOfAFileUnlessItIsTruncated() throws IOException {
    Files.writeString(file(), "old");

    written(file(), "+new", CREATE, APPEND);
    assertThat(file()).hasContent("old+new");

    written(file(), "x", CREATE, WRITE, TRUNCATE_EXISTING);
    assertThat(file()).hasContent("x");
  }

  @Test
  void removesThePermissionsOfOthersFromAnExistingFile() throws IOException {
    Files.writeString(file(), "old");
    Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-rw-rw-"));

    written(file(), "new", CREATE, APPEND);

    assertThat(mode(file())).isEqualTo("rw-------");
  }

  @Test
  void followsNoLinkAndLeavesItsTargetUnchanged() throws IOException {
    Path victim = Files.writeString(directory.resolve("victim"), "precious");
    Files.createSymbolicLink(file(), victim);

    for (OpenOption[] way : WAYS) {
      refused(file(), "symbolic link", way);
    }
    assertThat(victim).hasContent("precious");
  }

  @Test
  void createsNothingAtTheTargetOfADanglingLink() throws IOException {
    Path victim = directory.resolve("victim");
    Files.createSymbolicLink(file(), victim);

    for (OpenOption[] way : WAYS) {
      refused(file(), "symbolic link", way);
    }
    assertThat(victim).doesNotExist();
  }

  @Test
  void refusesAFileThatHasASecondHardLink() throws IOException {
    Path victim = Files.writeString(directory.resolve("victim"), "precious");
    Files.createLink(file(), victim);

    for (OpenOption[] way : WAYS) {
      refused(file(), "2 names", way);
    }
    assertThat(victim).hasContent("precious");
  }

  @Test
  void refusesADirectoryAndAPipeWithoutOpeningThem() throws Exception {
    Path pipe = directory.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();

    refused(directory, "no regular file", CREATE, WRITE);
    refused(pipe, "no regular file", CREATE, WRITE);
  }

  @Test
  void refusesAFileOfAnotherUser() throws IOException {
    Files.writeString(file(), "");
    assumeTrue(given(file(), NOBODY), "only root can give files away");

    for (OpenOption[] way : WAYS) {
      refused(file(), "another user", way);
    }
    assertThatExceptionOfType(FileSystemException.class)
        .isThrownBy(() -> PrivateFiles.requireOwn(file()))
        .withMessageContaining("another user");
  }

  @Test
  void reportsAMissingFileAndAnExistingOne() throws IOException {
    assertThatExceptionOfType(NoSuchFileException.class)
        .isThrownBy(() -> PrivateFiles.open(file(), WRITE));
    assertThatExceptionOfType(NoSuchFileException.class)
        .isThrownBy(() -> PrivateFiles.open(directory.resolve("no/file"), CREATE, WRITE));
    Files.writeString(file(), "");
    assertThatExceptionOfType(FileAlreadyExistsException.class)
        .isThrownBy(() -> PrivateFiles.open(file(), CREATE_NEW, WRITE));
  }

  @Test
  void followsTheLinksOfTheUser() throws IOException {
    Path real = directory.resolve("real");
    Path one = Files.createSymbolicLink(directory.resolve("one"), Path.of("real"));
    Path two = Files.createSymbolicLink(directory.resolve("two"), one);

    assertThat(PrivateFiles.target(two)).isEqualTo(real);
    assertThat(PrivateFiles.target(real)).isEqualTo(real);
    Files.createSymbolicLink(real, two);
    assertThatExceptionOfType(FileSystemLoopException.class)
        .isThrownBy(() -> PrivateFiles.target(two));
  }

  @Test
  void refusesALinkAndAPipeThatAnotherUserHasMade() throws Exception {
    Path link = Files.createSymbolicLink(directory.resolve("link"), file());
    Path pipe = directory.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    assumeTrue(given(link, NOBODY) && given(pipe, NOBODY), "only root can give files away");

    for (Path way : List.of(link, pipe)) {
      assertThatExceptionOfType(FileSystemException.class)
          .isThrownBy(() -> PrivateFiles.target(way))
          .withMessageContaining("another user (number 65534) has made");
    }
  }

  private static void written(Path file, String text, OpenOption... way) throws IOException {
    try (FileChannel channel = PrivateFiles.open(file, way)) {
      channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }
  }

  private static void refused(Path file, String reason, OpenOption... way) {
    assertThatExceptionOfType(FileSystemException.class)
        .isThrownBy(() -> PrivateFiles.open(file, way).close())
        .withMessageContaining(file.toString())
        .withMessageContaining(reason);
  }

  private static boolean given(Path file, int user) {
    try {
      return new ProcessBuilder("chown", "-h", Integer.toString(user), file.toString())
              .redirectErrorStream(true)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }
}
