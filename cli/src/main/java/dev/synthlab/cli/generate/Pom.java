package dev.synthlab.cli.generate;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** Reads the {@code pom.xml} of an existing project. */
final class Pom {
  private Pom() {}

  /** The groupId of the project, or of its parent. */
  static String group(Path pom) {
    Element project = read(pom);
    if (child(project, "packaging").map(Pom::text).filter("pom"::equals).isPresent()) {
      throw new GenerateException(
          pom + " is a parent of modules (packaging pom): choose a module by --directory");
    }
    return child(project, "groupId")
        .or(() -> child(project, "parent").flatMap(parent -> child(parent, "groupId")))
        .map(Pom::text)
        .map(group -> group.toLowerCase(java.util.Locale.ROOT).replace('-', '_'))
        .orElse("com.example");
  }

  private static Element read(Path pom) {
    try (InputStream in = Files.newInputStream(pom)) {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultInstance();
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      factory.setExpandEntityReferences(false);
      var builder = factory.newDocumentBuilder();
      builder.setErrorHandler(null);
      return builder.parse(in).getDocumentElement();
    } catch (IOException | SAXException | ParserConfigurationException e) {
      throw new GenerateException(pom + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static Optional<Element> child(Element of, String name) {
    NodeList all = of.getChildNodes();
    for (int i = 0; i < all.getLength(); i++) {
      if (all.item(i) instanceof Element element && element.getTagName().equals(name)) {
        return Optional.of(element);
      }
    }
    return Optional.empty();
  }

  private static String text(Element element) {
    return element.getTextContent().strip();
  }
}
