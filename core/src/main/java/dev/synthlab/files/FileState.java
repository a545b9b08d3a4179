package dev.synthlab.files;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.Optional;

/**
 * What a path names at one moment, its links not followed.
 *
 * @param attributes kind and identity
 * @param unix owner, names and permissions, where the system knows of them
 */
record FileState(BasicFileAttributes attributes, Optional<Unix> unix) {
  private static final int ROOT = 0;
  private static final int OTHERS = 0077;
  private static final int KIND = 0170000;
  private static final int PIPE = 0010000;
  private static final int SOCKET = 0140000;

  /** What only Unix knows. */
  record Unix(int owner, int names, int mode) {
    boolean isPipe() {
      return (mode & KIND) == PIPE || (mode & KIND) == SOCKET;
    }
  }

  static Optional<FileState> of(Path file) throws IOException {
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return Optional.of(new FileState(attributes, unix(file)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private static Optional<Unix> unix(Path file) throws IOException {
    if (!file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      return Optional.empty();
    }
    Map<String, Object> all =
        Files.readAttributes(file, "unix:uid,nlink,mode", LinkOption.NOFOLLOW_LINKS);
    return Optional.of(new Unix(number(all, "uid"), number(all, "nlink"), number(all, "mode")));
  }

  private static int number(Map<String, Object> all, String name) {
    return all.get(name) instanceof Integer value ? value : -1;
  }

  boolean isSameAs(FileState other) {
    Object key = attributes.fileKey();
    return key == null || key.equals(other.attributes.fileKey());
  }

  boolean openToOthers() {
    return unix.isPresent() && (unix.get().mode() & OTHERS) != 0;
  }

  /** Refuses all but the user's own regular file with one name. */
  void requireOwn(Path file) throws IOException {
    if (attributes.isSymbolicLink()) {
      throw refused(file, "it is a symbolic link, which is not followed");
    }
    if (!attributes.isRegularFile()) {
      throw refused(file, "it is no regular file");
    }
    if (unix.isPresent() && unix.get().names() > 1) {
      throw refused(
          file,
          "it has "
              + unix.get().names()
              + " names (hard links), and one of them may be another's; copy it");
    }
    if (unix.isPresent() && !isOwn(file, unix.get().owner())) {
      throw refused(
          file,
          "it belongs to another user (number "
              + unix.get().owner()
              + "); chown it if it is yours");
    }
  }

  /** Refuses a link or a pipe that neither the user nor root has made. */
  void requireTrustedWay(Path file) throws IOException {
    if (unix.isEmpty() || !(attributes.isSymbolicLink() || unix.get().isPipe())) {
      return;
    }
    int owner = unix.get().owner();
    if (owner != ROOT && !isOwn(file, owner)) {
      String what = attributes.isSymbolicLink() ? "symbolic link" : "pipe";
      throw refused(file, "it is a " + what + " that another user (number " + owner + ") has made");
    }
  }

  private static FileSystemException refused(Path file, String reason) {
    return new FileSystemException(file.toString(), null, reason);
  }

  /** Some file systems give every file an owner of their own: what is made beside it tells. */
  private static boolean isOwn(Path file, int owner) throws IOException {
    if (User.NUMBER.filter(user -> user == owner).isPresent()) {
      return true;
    }
    Path directory = file.toAbsolutePath().getParent();
    if (directory == null || !Files.isWritable(directory)) {
      return false;
    }
    Path probe = Files.createTempFile(directory, ".synthlab-", ".owner");
    try {
      return unix(probe).filter(made -> made.owner() == owner).isPresent();
    } finally {
      Files.deleteIfExists(probe);
    }
  }

  /** The user of this process. */
  private static final class User {
    static final Optional<Integer> NUMBER = number();

    private static Optional<Integer> number() {
      try {
        Path process = Path.of("/proc/self");
        if (Files.exists(process)) {
          return unix(process.toRealPath()).map(Unix::owner);
        }
        Path probe = Files.createTempFile(".synthlab-", ".owner");
        try {
          return unix(probe).map(Unix::owner);
        } finally {
          Files.delete(probe);
        }
      } catch (IOException e) {
        return Optional.empty(); // what is made beside a file tells
      }
    }
  }
}
