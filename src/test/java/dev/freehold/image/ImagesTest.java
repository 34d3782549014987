package dev.freehold.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.build.PackageRegistry;
import dev.freehold.build.Toolchains;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Real pictures, made by the real library in its jail.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ImagesTest {
  private static final int NODE = 22;

  @TempDir Path folder = Path.of("");
  private Images images;

  @BeforeAll
  void fetch() {
    var toolchains =
        new Toolchains(
            Path.of("target", "test-toolchains").toAbsolutePath(), PackageRegistry.PUBLIC);
    var tools =
        new ImageTools(toolchains.node(NODE, line -> {}).program(), toolchains.images(line -> {}));
    images = new Images(() -> tools, folder.resolve("cache"));
  }

  @Test
  void aPictureGetsTheSidesAndTheFormatThatAreWanted() throws IOException {
    var picture = png(400, 200);
    assertThat(size(picture, 100, 100, Wanted.Fit.COVER)).isEqualTo("100x100");
    assertThat(size(picture, 100, 100, Wanted.Fit.CONTAIN)).isEqualTo("100x50");
    assertThat(size(picture, 50, 100, Wanted.Fit.FILL)).isEqualTo("50x100");
    assertThat(size(picture, 100, 0, Wanted.Fit.COVER)).isEqualTo("100x50");
    assertThat(size(picture, 0, 0, Wanted.Fit.COVER)).isEqualTo("400x200");
    for (var format : new String[] {"webp", "avif"}) {
      var wanted = new Wanted(100, 0, Wanted.Fit.COVER, format, 60, "", null, null);
      var made = (Made.Image) make("formats", picture, wanted);
      assertThat(made.type()).isEqualTo("image/" + format);
      assertThat(new String(bytes(made), 0, 12, StandardCharsets.ISO_8859_1))
          .contains(format.equals("webp") ? "WEBP" : "ftypavif");
    }
  }

  @Test
  void thePartThatStaysIsTheOneThatIsNamed() throws IOException {
    var picture = png(400, 200);
    assertThat(colour(picture, "we", null)).isEqualTo(Color.RED);
    assertThat(colour(picture, "ea", null)).isEqualTo(Color.BLUE);
    assertThat(colour(picture, "fp", 0.9)).isEqualTo(Color.BLUE);
  }

  @Test
  void whatWasMadeIsKept() throws IOException {
    var wanted = new Wanted(10, 10, Wanted.Fit.COVER, "", 0, "", null, null);
    var picture = png(20, 20);
    var first = (Made.Image) make("kept", picture, wanted);
    var again =
        (Made.Image)
            images.make(
                "kept" + picture.length,
                picture.length,
                () -> {
                  throw new IOException("it is asked for once");
                },
                wanted);
    assertThat(bytes(again)).isEqualTo(bytes(first));
  }

  @Test
  void bombsAndRubbishAreRefusedAndHarmNobody() throws IOException {
    var wanted = new Wanted(10, 10, Wanted.Fit.COVER, "", 0, "", null, null);
    var text = "<svg xmlns='http://www.w3.org/2000/svg'/>".getBytes(StandardCharsets.UTF_8);
    assertThat(make("text", text, wanted)).isEqualTo(new Made.Refused(Made.Why.FORMAT));
    var broken = png(200, 200);
    java.util.Arrays.fill(broken, 60, broken.length, (byte) 7);
    assertThat(make("broken", broken, wanted)).isEqualTo(new Made.Refused(Made.Why.FORMAT));
    assertThat(make("bomb", bomb(), wanted)).isEqualTo(new Made.Refused(Made.Why.PIXELS));
    var large =
        images.make("large", Images.MAX_SOURCE_BYTES + 1, InputStream::nullInputStream, wanted);
    assertThat(large).isEqualTo(new Made.Refused(Made.Why.BYTES));
  }

  private String size(byte[] picture, int width, int height, Wanted.Fit fit) throws IOException {
    var wanted = new Wanted(width, height, fit, "", 0, "", null, null);
    var image = read((Made.Image) make("sizes", picture, wanted));
    return image.getWidth() + "x" + image.getHeight();
  }

  private Color colour(byte[] picture, String gravity, @Nullable Double x) throws IOException {
    var y = x == null ? null : Double.valueOf(0.5);
    var wanted = new Wanted(50, 200, Wanted.Fit.COVER, "", 0, gravity, x, y);
    return new Color(read((Made.Image) make("parts", picture, wanted)).getRGB(25, 100));
  }

  private Made make(String name, byte[] picture, Wanted wanted) {
    return images.make(
        name + picture.length, picture.length, () -> new ByteArrayInputStream(picture), wanted);
  }

  private static BufferedImage read(Made.Image made) throws IOException {
    return ImageIO.read(new ByteArrayInputStream(bytes(made)));
  }

  private static byte[] bytes(Made.Image made) throws IOException {
    try (var channel = made.channel()) {
      return Channels.newInputStream(channel.position(0)).readAllBytes();
    }
  }

  /// Red on the left, blue on the right.
  private static byte[] png(int width, int height) throws IOException {
    var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int x = 0; x < width; x++) {
      for (int y = 0; y < height; y++) {
        image.setRGB(x, y, (x < width / 2 ? Color.RED : Color.BLUE).getRGB());
      }
    }
    var out = new ByteArrayOutputStream();
    ImageIO.write(image, "png", out);
    return out.toByteArray();
  }

  /// A small file that would fill 400 MB.
  private static byte[] bomb() throws IOException {
    var image = new BufferedImage(20_000, 20_000, BufferedImage.TYPE_BYTE_BINARY);
    var out = new ByteArrayOutputStream();
    ImageIO.write(image, "png", out);
    return out.toByteArray();
  }
}
