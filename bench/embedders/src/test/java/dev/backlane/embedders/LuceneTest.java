package dev.backlane.embedders;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlane.kernel.Vectors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.codecs.lucene104.Lucene104HnswScalarQuantizedVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Candidates from Lucene's graph of quantised vectors, ranked anew by exact scores on the vectors as they were indexed. */
class LuceneTest {
    private static final int DIMENSION = 96;
    private static final int DOCUMENTS = 600;

    @TempDir
    private Path folder;

    private final float[][] vectors = new float[DOCUMENTS][];
    private final Random random = new Random(5);

    /** Gives each hit the score query·vector, in the array that Lucene reads the vector into, and sorts by it. */
    static void rescore(IndexReader reader, String field, float[] query, ScoreDoc[] hits) throws IOException {
        Arrays.sort(hits, Comparator.comparingInt(hit -> hit.doc));
        int i = 0;
        for (LeafReaderContext leaf : reader.leaves()) {
            FloatVectorValues vectors = leaf.reader().getFloatVectorValues(field);
            int end = leaf.docBase + leaf.reader().maxDoc();
            if (vectors == null || i == hits.length || hits[i].doc >= end) {
                continue;
            }
            var documents = vectors.iterator();
            for (; i < hits.length && hits[i].doc < end; i++) {
                documents.advance(hits[i].doc - leaf.docBase);
                float[] vector = vectors.vectorValue(documents.index());
                hits[i].score = Vectors.dot(query.length, query, 0, vector, 0);
            }
        }
        Arrays.sort(hits, Comparator.comparingDouble(hit -> -hit.score));
    }

    @BeforeEach
    void index() throws IOException {
        KnnVectorsFormat quantised = new Lucene104HnswScalarQuantizedVectorsFormat();
        IndexWriterConfig config = new IndexWriterConfig().setCodec(new Lucene104Codec() {
            @Override
            public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
                return quantised;
            }
        });
        try (Directory directory = FSDirectory.open(folder);
                IndexWriter writer = new IndexWriter(directory, config)) {
            for (int i = 0; i < DOCUMENTS; i++) {
                vectors[i] = Steady.random(random, DIMENSION);
                Document document = new Document();
                document.add(new KnnFloatVectorField(
                        "vector", vectors[i].clone(), VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT));
                writer.addDocument(document);
                if (i == DOCUMENTS / 3) {
                    writer.commit(); // More than one segment.
                }
            }
        }
    }

    private double exact(float[] query, int document) {
        double sum = 0;
        for (int i = 0; i < DIMENSION; i++) {
            sum += (double) query[i] * vectors[document][i];
        }
        return sum;
    }

    @Test
    void candidatesAreRankedByTheirExactScores() throws IOException {
        try (Directory directory = FSDirectory.open(folder);
                DirectoryReader reader = DirectoryReader.open(directory)) {
            assertTrue(reader.leaves().size() > 1, "one segment");
            float[] query = Steady.random(random, DIMENSION);
            ScoreDoc[] hits =
                    new IndexSearcher(reader).search(new KnnFloatVectorQuery("vector", query, 100), 100).scoreDocs;
            rescore(reader, "vector", query, hits);
            assertEquals(100, hits.length);
            for (int i = 0; i < hits.length; i++) {
                assertEquals(exact(query, hits[i].doc), hits[i].score, 1e-4);
                assertTrue(i == 0 || hits[i].score <= hits[i - 1].score, "not in order");
            }
            int best = 0;
            for (int i = 1; i < DOCUMENTS; i++) {
                best = exact(query, i) > exact(query, best) ? i : best;
            }
            assertEquals(best, hits[0].doc, "the best of all documents is the best of the candidates");
        }
    }

    @Test
    void scoresAllocateNothing() throws IOException {
        try (Directory directory = FSDirectory.open(folder);
                DirectoryReader reader = DirectoryReader.open(directory)) {
            FloatVectorValues values = reader.leaves().getFirst().reader().getFloatVectorValues("vector");
            float[] query = Steady.random(random, DIMENSION);
            float[] scores = new float[values.size()];
            Steady.assertAllocatesNothing(() -> {
                try {
                    for (int ord = 0; ord < scores.length; ord++) {
                        scores[ord] = Vectors.dot(DIMENSION, query, 0, values.vectorValue(ord), 0);
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
