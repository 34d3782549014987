package dev.freehold.backend.supabase.auth;

import com.google.zxing.WriterException;
import com.google.zxing.qrcode.decoder.ErrorCorrectionLevel;
import com.google.zxing.qrcode.encoder.Encoder;

/// A QR code as SVG. No `#` is in it: clients put the text behind `data:image/svg+xml;utf-8,`.
final class QrPicture {
  private static final int MODULE = 3;
  private static final int QUIET = 4;

  private QrPicture() {}

  /// @throws AuthError 400 when the text is too long for a QR code
  static String svg(String text) {
    try {
      var dots = Encoder.encode(text, ErrorCorrectionLevel.H).getMatrix();
      int side = (dots.getWidth() + 2 * QUIET) * MODULE;
      var svg = new StringBuilder();
      svg.append("<?xml version=\"1.0\"?>\n<svg width=\"").append(side).append("\" height=\"");
      svg.append(side).append("\" xmlns=\"http://www.w3.org/2000/svg\">\n");
      svg.append("<rect width=\"").append(side).append("\" height=\"").append(side);
      svg.append("\" style=\"fill:white\"/>\n<path style=\"fill:black\" d=\"");
      for (int y = 0; y < dots.getHeight(); y++) {
        for (int x = 0; x < dots.getWidth(); x++) {
          if (dots.get(x, y) == 1) {
            svg.append('M').append((x + QUIET) * MODULE).append(' ').append((y + QUIET) * MODULE);
            svg.append("h3v3h-3z");
          }
        }
      }
      return svg.append("\"/>\n</svg>\n").toString();
    } catch (WriterException e) {
      throw AuthError.validation("Error generating QR Code");
    }
  }
}
