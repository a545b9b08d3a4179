package dev.synthlab.config;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Map;
import java.util.Set;

/**
 * Directories and files that nobody but their owner can read, and nobody else can replace, where
 * the system knows of owners. For the modules of this library.
 */
public final class OwnerOnly {
  private static final int ROOT = 0;
  private static final int GROUP_OR_OTHERS_WRITE = 0022;
  private static final int OTHERS_WRITE = 0002;
  private static final int STICKY = 01000;
  private static final int MAX_LINKS = 40;
  private static final Path THIS_PROCESS = Path.of("/proc/self");

  /** Who may be able to write on the way to a file. */
  private enum Trusted {
    /** This user and root. */
    THIS_USER,
    /** The owners of the files, and their groups; not everybody. */
    THEIR_OWNERS
  }

  private OwnerOnly() {}

  /**
   * Makes a directory, if it is not there, into which nobody but this user and root can put
   * anything.
   *
   * @param path where it is to be
   * @return the path
   * @throws IOException when it cannot be made, or when somebody else can write to it or to a
   *     directory above it; the message says what to do
   */
  public static Path directory(Path path) throws IOException {
    Path existing = path.toAbsolutePath();
    while (existing.getParent() != null && !Files.exists(existing, LinkOption.NOFOLLOW_LINKS)) {
      existing = existing.getParent();
    }
    requireOwn(existing);
    return Files.createDirectories(path, permissions(path, "rwx------"));
  }

  /**
   * Opens a file for writing, made for its owner only if it is not there; what stands in it stays.
   * No link is followed.
   *
   * @param file where it is
   * @return open for reading and writing
   * @throws IOException when it cannot be opened, or is a link
   */
  public static FileChannel open(Path file) throws IOException {
    Set<OpenOption> options =
        Set.of(
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            LinkOption.NOFOLLOW_LINKS);
    return FileChannel.open(file, options, permissions(file, "rw-------"));
  }

  /**
   * Makes sure that only this user and root can change what a path leads to: the file or directory
   * itself, every directory above it, and every link on the way.
   *
   * @param path something that exists
   * @throws IOException when somebody else can change it; the message says who and what to do
   */
  public static void requireOwn(Path path) throws IOException {
    if (knowsOwners(path)) {
      check(path, Trusted.THIS_USER, MAX_LINKS);
    }
  }

  /**
   * Makes sure that not everybody on the machine can change what a path leads to.
   *
   * @param path something that exists, and that a user has named
   * @throws IOException when everybody can change it; the message says what to do
   */
  public static void requireNotOpenToAll(Path path) throws IOException {
    if (knowsOwners(path)) {
      check(path, Trusted.THEIR_OWNERS, MAX_LINKS);
    }
  }

  private static boolean knowsOwners(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("unix");
  }

  // Each step is safe before the next is looked at, so that nobody can change the way meanwhile.
  private static void check(Path path, Trusted trusted, int links) throws IOException {
    Path whole = path.toAbsolutePath();
    Path at = whole.getRoot();
    boolean openToAll = check(at, trusted, false);
    for (Path name : whole) {
      at = name.toString().equals("..") ? parent(at) : at.resolve(name).normalize();
      openToAll = check(at, trusted, openToAll);
      if (Files.isSymbolicLink(at)) {
        if (links == 0) {
          throw new FileSystemLoopException(path.toString());
        }
        check(at.resolveSibling(Files.readSymbolicLink(at)), trusted, links - 1);
        at = at.toRealPath();
      }
    }
  }

  private static Path parent(Path directory) {
    Path parent = directory.getParent();
    return parent == null ? directory : parent;
  }

  /** Checks one step of the way, and tells whether everybody may put something into it. */
  private static boolean check(Path at, Trusted trusted, boolean inOpenDirectory)
      throws IOException {
    Map<String, Object> known =
        Files.readAttributes(at, "unix:uid,owner,mode", LinkOption.NOFOLLOW_LINKS);
    int mode = (Integer) known.get("mode");
    boolean root = known.get("uid").equals(ROOT);
    if ((trusted == Trusted.THIS_USER || inOpenDirectory)
        && !root
        && !known.get("owner").equals(thisUser())) {
      throw refused(at, "it belongs to " + known.get("owner"), trusted);
    }
    if (Files.isSymbolicLink(at)) {
      return false; // its permissions mean nothing
    }
    boolean sticky = (mode & STICKY) != 0 && Files.isDirectory(at);
    int forbidden = trusted == Trusted.THIS_USER ? GROUP_OR_OTHERS_WRITE : OTHERS_WRITE;
    if ((mode & forbidden) != 0 && !(sticky && (root || trusted == Trusted.THEIR_OWNERS))) {
      String permissions =
          PosixFilePermissions.toString(
              Files.getPosixFilePermissions(at, LinkOption.NOFOLLOW_LINKS));
      throw refused(
          at, "other users can write to it (" + permissions + "): chmod go-w " + at, trusted);
    }
    return (mode & OTHERS_WRITE) != 0;
  }

  private static UserPrincipal thisUser() throws IOException {
    if (Files.exists(THIS_PROCESS)) {
      return Files.getOwner(THIS_PROCESS);
    }
    return THIS_PROCESS
        .getFileSystem()
        .getUserPrincipalLookupService()
        .lookupPrincipalByName(System.getProperty("user.name"));
  }

  private static IOException refused(Path at, String reason, Trusted trusted) {
    String remedy =
        trusted == Trusted.THIS_USER
            ? "; or set " + Variable.SYNTHLAB_CACHE_DIR + " to a directory of your own"
            : "";
    return new FileSystemException(at.toString(), null, reason + remedy);
  }

  private static FileAttribute<?>[] permissions(Path path, String permissions) {
    if (!path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return new FileAttribute<?>[0];
    }
    return new FileAttribute<?>[] {
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
    };
  }
}
