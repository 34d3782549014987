package dev.freehold.build;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HashedNamesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "assets/index-BxY12_ab.js",
        "assets/index-BxY12_ab.js.map",
        "assets/index.es-BmFeFpVW.js",
        "assets/index-B3KN5qv_.css",
        "assets/CTASection-ZZVG95wx.js",
        "assets/SEO-DFNJeLAI.js",
        "assets/a--_x1Y2z-.js",
        "app/assets/logo-D3xOAbp8.jpg",
        "_build/assets/client-1a2b3c4d.js",
        "_next/static/chunks/main-0f1e2d3c4b5a6978.js",
        "static/js/main.1f0c9e2b.chunk.js",
        "_app/immutable/chunks/B7x9_kQz.js"
      })
  void wereMadeFromTheContent(String path) {
    assertThat(HashedNames.isHashed(path)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "index.html",
        "sw.js",
        "index-BxY12_ab.js",
        "assets/index.js",
        "assets/my-component.js",
        "assets/vendor-DataGrid.js",
        "assets/photo-20240101.jpg",
        "assets/IMG_2024.jpg",
        "assets/shot-Screen01.png",
        "assets/workbox-settings.js",
        "static/robots.txt",
        "assets/favicon",
        ""
      })
  void wereChosenByAPerson(String path) {
    assertThat(HashedNames.isHashed(path)).isFalse();
  }
}
