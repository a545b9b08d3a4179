package dev.synthlab.files;

import com.sun.security.auth.module.UnixSystem;
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
 * The attributes of a path at one moment. Symbolic links are not followed.
 *
 * @param attributes the kind and the identity of the file
 * @param unix its owner, number of names and permissions, on a system that has them
 */
record FileState(BasicFileAttributes attributes, Optional<Unix> unix) {
  static final int OTHERS_WRITE = 0002;
  static final int GROUP_OR_OTHERS_WRITE = 0022;
  private static final int GROUP_OR_OTHERS = 0077;
  private static final int STICKY = 01000;
  private static final int KIND = 0170000;
  private static final int PIPE = 0010000;
  private static final int SOCKET = 0140000;

  /**
   * The attributes that only Unix has.
   *
   * @param owner the number of the user who owns the file
   * @param ownerName the name of that user, or the number if there is no name
   * @param names how many hard links the file has
   * @param mode its kind and permissions
   */
  record Unix(int owner, String ownerName, int names, int mode) {
    private static final int ROOT = 0;
    private static final String LETTERS = "rwxrwxrwx";

    boolean isPipe() {
      return (mode & KIND) == PIPE || (mode & KIND) == SOCKET;
    }

    boolean isOfRoot() {
      return owner == ROOT;
    }

    /** Whether the owner is the user of this process or root. */
    boolean isTrusted() {
      return isOfRoot() || isOfThisUser();
    }

    private boolean isOfThisUser() {
      return User.NUMBER.filter(user -> user == owner).isPresent();
    }

    boolean isSticky() {
      return (mode & STICKY) != 0;
    }

    boolean allows(int bits) {
      return (mode & bits) != 0;
    }

    /** The permissions as {@code ls} writes them. */
    String permissions() {
      StringBuilder text = new StringBuilder(LETTERS);
      for (int i = 0; i < LETTERS.length(); i++) {
        if (!allows(0400 >> i)) {
          text.setCharAt(i, '-');
        }
      }
      return text.toString();
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

  /** Whether the system stores owners and permissions of this path. */
  static boolean hasOwners(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("unix");
  }

  private static Optional<Unix> unix(Path file) throws IOException {
    if (!hasOwners(file)) {
      return Optional.empty();
    }
    Map<String, Object> all =
        Files.readAttributes(file, "unix:uid,owner,nlink,mode", LinkOption.NOFOLLOW_LINKS);
    return Optional.of(
        new Unix(
            number(all, "uid"),
            String.valueOf(all.get("owner")),
            number(all, "nlink"),
            number(all, "mode")));
  }

  private static int number(Map<String, Object> all, String name) {
    return all.get(name) instanceof Integer value ? value : -1;
  }

  boolean isSameAs(FileState other) {
    Object key = attributes.fileKey();
    return key == null || key.equals(other.attributes.fileKey());
  }

  boolean openToOthers() {
    return unix.isPresent() && unix.get().allows(GROUP_OR_OTHERS);
  }

  /** Refuses every file except a regular file of this user that has one name. */
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
              + " names (hard links), and one of them may be another user's; copy it");
    }
    if (unix.isPresent() && !isOwn(file, unix.get())) {
      throw refused(
          file,
          "it belongs to another user (number "
              + unix.get().owner()
              + "); chown it if it is yours");
    }
  }

  /** Refuses a symbolic link or a pipe that neither this user nor root has made. */
  void requireTrustedMaker(Path file) throws IOException {
    if (unix.isEmpty() || !(attributes.isSymbolicLink() || unix.get().isPipe())) {
      return;
    }
    Unix of = unix.get();
    if (!of.isOfRoot() && !isOwn(file, of)) {
      String what = attributes.isSymbolicLink() ? "symbolic link" : "pipe";
      throw refused(
          file, "it is a " + what + " that another user (number " + of.owner() + ") has made");
    }
  }

  private static FileSystemException refused(Path file, String reason) {
    return new FileSystemException(file.toString(), null, reason);
  }

  /** Some file systems give all files the same owner: a new file in the directory shows it. */
  private static boolean isOwn(Path file, Unix of) throws IOException {
    if (of.isOfThisUser()) {
      return true;
    }
    Path directory = file.toAbsolutePath().getParent();
    if (directory == null || !Files.isWritable(directory)) {
      return false;
    }
    Path probe = Files.createTempFile(directory, ".synthlab-", ".owner");
    try {
      return unix(probe).filter(made -> made.owner() == of.owner()).isPresent();
    } finally {
      Files.deleteIfExists(probe);
    }
  }

  /** The user of this process. */
  private static final class User {
    static final Optional<Integer> NUMBER = number();

    private static Optional<Integer> number() {
      try {
        return Optional.of((int) new UnixSystem().getUid());
      } catch (LinkageError e) { // a Java runtime without this module, or another system
        return ownerOfNewFile();
      }
    }

    private static Optional<Integer> ownerOfNewFile() {
      try {
        Path probe = Files.createTempFile(".synthlab-", ".owner");
        try {
          return unix(probe).map(Unix::owner);
        } finally {
          Files.delete(probe);
        }
      } catch (IOException e) {
        return Optional.empty(); // then nobody but root is trusted
      }
    }
  }
}
