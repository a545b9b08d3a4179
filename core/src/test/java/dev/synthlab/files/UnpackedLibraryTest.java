package dev.synthlab.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnpackedLibraryTest {
  private static final byte[] LIBRARY = "machine code".getBytes(StandardCharsets.UTF_8);

  @TempDir Path directory;

  @Test
  void isInADirectoryNamedByItsHash() throws Exception {
    Path file = UnpackedLibrary.place(LIBRARY, "lib.so", directory, "use another");

    assertThat(file)
        .hasBinaryContent(LIBRARY)
        .hasParent(
            directory
                .resolve("native")
                .resolve("5ace2a28c6f40875ef2baac027d8b91a2f65701271c7b43ecbd467664dca9ef0"));
  }

  @Test
  void isNotWrittenAgainIfItsContentIsCorrect() throws Exception {
    Path file = UnpackedLibrary.place(LIBRARY, "lib.so", directory, "use another");
    Files.setLastModifiedTime(file, FileTime.fromMillis(0));

    UnpackedLibrary.place(LIBRARY, "lib.so", directory, "use another");

    assertThat(Files.getLastModifiedTime(file).toMillis()).isZero();
    try (var files = Files.list(file.getParent())) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void replacesAFileThatDiffers() throws Exception {
    Path file = UnpackedLibrary.place(LIBRARY, "lib.so", directory, "use another");
    Files.writeString(file, "machine c0de");

    UnpackedLibrary.place(LIBRARY, "lib.so", directory, "use another");

    assertThat(file).hasBinaryContent(LIBRARY);
  }

  @Test
  void replacesALinkAndLeavesItsTargetUnchanged() throws Exception {
    Path file = UnpackedLibrary.place(LIBRARY, "lib.so", directory, "use another");
    Path target = Files.write(directory.resolve("target"), LIBRARY);
    Files.delete(file);
    Files.createSymbolicLink(file, target);

    UnpackedLibrary.place(LIBRARY, "lib.so", directory, "use another");

    assertThat(file).isRegularFile().hasBinaryContent(LIBRARY);
    assertThat(Files.isSymbolicLink(file)).isFalse();
    assertThat(target).hasBinaryContent(LIBRARY);
  }

  @Test
  void replacesAFileThatOthersMayWrite() throws Exception {
    assumeThat(directory.getFileSystem().supportedFileAttributeViews()).contains("unix");
    Path file = UnpackedLibrary.place(LIBRARY, "lib.so", directory, "use another");
    Object before = Files.getAttribute(file, "unix:ino");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
    Files.createLink(directory.resolve("held"), file);

    UnpackedLibrary.place(LIBRARY, "lib.so", directory, "use another");

    assertThat(Files.getAttribute(file, "unix:ino")).isNotEqualTo(before);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void isNotWrittenToADirectoryThatOthersMayWrite() throws Exception {
    assumeThat(directory.getFileSystem().supportedFileAttributeViews()).contains("unix");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));

    assertThatExceptionOfType(FileSystemException.class)
        .isThrownBy(() -> UnpackedLibrary.place(LIBRARY, "lib.so", directory, "use another"))
        .withMessageContaining("chmod go-w " + directory);

    assertThat(directory).isEmptyDirectory();
  }
}
