package dev.synthlab.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrustedPathTest {
  private static final int NOBODY = 65_534;
  private static final String REMEDY = "use a directory of your own";

  @TempDir Path given;
  private Path directory;

  @BeforeEach
  void resolve() throws IOException {
    directory = given.toRealPath();
    assumeThat(directory.getFileSystem().supportedFileAttributeViews()).contains("unix");
  }

  @Test
  void createsMissingDirectoriesForTheOwnerOnly() throws IOException {
    Path made = TrustedPath.createDirectories(directory.resolve("one").resolve("two"), REMEDY);

    assertThat(permissions(made)).isEqualTo("rwx------");
    assertThat(permissions(directory.resolve("one"))).isEqualTo("rwx------");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rwxrwx---", "rwx----w-", "rwxrwxrwx"})
  void refusesADirectoryThatOthersMayWriteAndCreatesNothingInIt(String permissions)
      throws Exception {
    Path open = set(Files.createDirectory(directory.resolve("open")), permissions);

    assertThatExceptionOfType(FileSystemException.class)
        .isThrownBy(() -> TrustedPath.createDirectories(open.resolve("a").resolve("b"), REMEDY))
        .withMessageContaining(open + ": can be written by other users (" + permissions + ")")
        .withMessageContaining("chmod go-w " + open)
        .withMessageContaining("; or " + REMEDY);

    assertThat(open).isEmptyDirectory();
  }

  @Test
  void refusesEverythingBelowADirectoryThatOthersMayWrite() throws Exception {
    Path open = Files.createDirectory(directory.resolve("open"));
    Path below = Files.createDirectories(open.resolve("own").resolve("deep"));
    set(open.resolve("own"), "rwx------");
    set(open, "rwxrwxrwx");

    refuses(below, open);
  }

  @Test
  void refusesAStickyDirectoryThatIsNotOfRoot() throws Exception {
    Path open = set(Files.createDirectory(directory.resolve("open")), "rwxrwxrwx");
    Path below = Files.createDirectory(open.resolve("own"));
    assumeThat(thisIsRoot()).as("the owner must be another than root").isTrue();
    Files.setAttribute(open, "unix:uid", NOBODY);
    Files.setAttribute(open, "unix:mode", 01777);

    refuses(below, open);
  }

  @Test
  void trustsAnOwnDirectoryInAStickyDirectoryOfRoot() throws IOException {
    assumeThat(Path.of("/tmp")).isDirectory();
    Path own = Files.createTempDirectory(Path.of("/tmp"), "own");

    assertThatCode(() -> TrustedPath.requireOwn(own, REMEDY)).doesNotThrowAnyException();

    Files.delete(own);
  }

  @Test
  void refusesADirectoryOfAnotherUser() throws Exception {
    assumeThat(thisIsRoot()).isTrue();
    Path others = Files.createDirectory(directory.resolve("others"));
    Files.setAttribute(others, "unix:uid", NOBODY);

    assertThatExceptionOfType(FileSystemException.class)
        .isThrownBy(() -> TrustedPath.createDirectories(others, REMEDY))
        .withMessageContaining(others + ": belongs to ")
        .withMessageContaining("; or " + REMEDY);
  }

  @Test
  void followsLinksThatOnlyTheOwnerCanChange() throws Exception {
    Path real = Files.createDirectory(directory.resolve("real"));
    Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("real"));

    Path made = TrustedPath.createDirectories(link.resolve("below"), REMEDY);

    assertThat(made.toRealPath()).isEqualTo(real.resolve("below"));
    assertThatCode(() -> TrustedPath.requireOwn(link.resolve("..").resolve("real"), REMEDY))
        .doesNotThrowAnyException();
  }

  @Test
  void refusesALinkThatOthersCanChangeRegardlessOfItsTarget() throws Exception {
    Files.createDirectory(directory.resolve("real"));
    Path open = Files.createDirectory(directory.resolve("open"));
    Path link = Files.createSymbolicLink(open.resolve("link"), directory.resolve("real"));
    set(open, "rwxrwxrwx");

    refuses(link, open);
  }

  @Test
  void refusesALinkThatLeadsIntoAnOpenDirectory() throws Exception {
    Path open = set(Files.createDirectory(directory.resolve("open")), "rwxrwxrwx");
    Path link = Files.createSymbolicLink(directory.resolve("link"), open);

    refuses(link, open);
  }

  @Test
  void refusesALoopOfLinks() throws Exception {
    Path one = directory.resolve("one");
    Path two = Files.createSymbolicLink(directory.resolve("two"), one);
    Files.createSymbolicLink(one, two);

    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> TrustedPath.requireOwn(one, REMEDY));
  }

  @Test
  void acceptsANamedFileWritableByAGroupButNotByEverybody() throws Exception {
    Path shared = set(Files.createDirectory(directory.resolve("shared")), "rwxrwx---");
    Path file = set(Files.createFile(shared.resolve("model")), "rw-rw-r--");

    assertThatCode(() -> TrustedPath.requireNotWorldWritable(file)).doesNotThrowAnyException();
    for (Path open : List.of(file, shared)) {
      String before = permissions(open);
      set(open, "rwxrwxrwx");
      assertThatExceptionOfType(FileSystemException.class)
          .isThrownBy(() -> TrustedPath.requireNotWorldWritable(file))
          .withMessageContaining("chmod go-w " + open);
      set(open, before);
    }
  }

  @Test
  void refusesAFileOfAnotherUserInADirectoryThatEverybodyMayWrite() throws Exception {
    assumeThat(thisIsRoot()).isTrue();
    Path open = Files.createDirectory(directory.resolve("open"));
    Path file = Files.createFile(open.resolve("model"));
    Files.setAttribute(open, "unix:mode", 01777);
    assertThatCode(() -> TrustedPath.requireNotWorldWritable(file)).doesNotThrowAnyException();
    Files.setAttribute(file, "unix:uid", NOBODY);

    assertThatExceptionOfType(FileSystemException.class)
        .isThrownBy(() -> TrustedPath.requireNotWorldWritable(file))
        .withMessageContaining(file + ": belongs to ");
  }

  private static void refuses(Path path, Path because) {
    assertThatExceptionOfType(FileSystemException.class)
        .isThrownBy(() -> TrustedPath.requireOwn(path, REMEDY))
        .withMessageContaining(because.toString());
  }

  private static boolean thisIsRoot() throws IOException {
    return Files.exists(Path.of("/proc/self"))
        && Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(
        Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
  }

  private static Path set(Path path, String permissions) throws IOException {
    return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
  }
}
