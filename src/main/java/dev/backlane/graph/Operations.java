package dev.backlane.graph;

import dev.backlane.kernel.Activation;

/** The operations that a {@link Graph.Builder} adds; each method returns a handle on the new node. */
public abstract sealed class Operations permits Graph.Builder {
    Operations() {}

    /** The door for all: a node of any operation whose shape has been found. */
    abstract Node add(Op op, Shape shape, Node... inputs);

    /** The node itself, if it is one of this builder. */
    abstract Node require(Node node);

    /** Whether it depends on a variable. */
    abstract boolean isActive(Node node);

    /** Its name and shape. */
    abstract String describe(Node node);

    /**
     * Adds x + y.
     *
     * @param x first operand
     * @param y second operand; a scalar goes with every element of the other, a vector with every row
     * @return the node, of the larger shape
     * @throws IllegalArgumentException if the shapes are not equal and neither is a scalar or a row of the other
     */
    public Node add(Node x, Node y) {
        return arithmetic(Arithmetic.Kind.ADD, x, y);
    }

    /**
     * Adds x − y.
     *
     * @param x first operand
     * @param y second operand; a scalar goes with every element of the other, a vector with every row
     * @return the node, of the larger shape
     * @throws IllegalArgumentException if the shapes are not equal and neither is a scalar or a row of the other
     */
    public Node subtract(Node x, Node y) {
        return arithmetic(Arithmetic.Kind.SUBTRACT, x, y);
    }

    /**
     * Adds x·y, element by element.
     *
     * @param x first operand
     * @param y second operand; a scalar goes with every element of the other, a vector with every row
     * @return the node, of the larger shape
     * @throws IllegalArgumentException if the shapes are not equal and neither is a scalar or a row of the other
     */
    public Node multiply(Node x, Node y) {
        return arithmetic(Arithmetic.Kind.MULTIPLY, x, y);
    }

    /**
     * Adds x/y.
     *
     * @param x first operand
     * @param y second operand; a scalar goes with every element of the other, a vector with every row
     * @return the node, of the larger shape
     * @throws IllegalArgumentException if the shapes are not equal and neither is a scalar or a row of the other
     */
    public Node divide(Node x, Node y) {
        return arithmetic(Arithmetic.Kind.DIVIDE, x, y);
    }

    /**
     * Adds max(x, y); where both are equal, x takes the gradient.
     *
     * @param x first operand
     * @param y second operand; a scalar goes with every element of the other, a vector with every row
     * @return the node, of the larger shape
     * @throws IllegalArgumentException if the shapes are not equal and neither is a scalar or a row of the other
     */
    public Node max(Node x, Node y) {
        return arithmetic(Arithmetic.Kind.MAX, x, y);
    }

    /**
     * Adds min(x, y); where both are equal, x takes the gradient.
     *
     * @param x first operand
     * @param y second operand; a scalar goes with every element of the other, a vector with every row
     * @return the node, of the larger shape
     * @throws IllegalArgumentException if the shapes are not equal and neither is a scalar or a row of the other
     */
    public Node min(Node x, Node y) {
        return arithmetic(Arithmetic.Kind.MIN, x, y);
    }

    /**
     * Adds eˣ, element by element.
     *
     * @param x operand
     * @return the node, of the same shape
     */
    public Node exp(Node x) {
        return function(new Function(Function.Kind.EXP), x);
    }

    /**
     * Adds log x, element by element.
     *
     * @param x operand
     * @return the node, of the same shape
     */
    public Node log(Node x) {
        return function(new Function(Function.Kind.LOG), x);
    }

    /**
     * Adds √x, element by element.
     *
     * @param x operand
     * @return the node, of the same shape
     */
    public Node sqrt(Node x) {
        return function(new Function(Function.Kind.SQRT), x);
    }

    /**
     * Adds x², element by element.
     *
     * @param x operand
     * @return the node, of the same shape
     */
    public Node square(Node x) {
        return function(new Function(Function.Kind.SQUARE), x);
    }

    /**
     * Adds |x|, with derivative 0 at 0, element by element.
     *
     * @param x operand
     * @return the node, of the same shape
     */
    public Node abs(Node x) {
        return function(new Function(Function.Kind.ABS), x);
    }

    /**
     * Adds xᵖ, element by element.
     *
     * @param x base
     * @param p exponent, a constant
     * @return the node, of the same shape
     */
    public Node power(Node x, float p) {
        return function(new Function(p), x);
    }

    /**
     * Adds f(x), element by element.
     *
     * @param f which function
     * @param x operand
     * @return the node, of the same shape
     */
    public Node activation(Activation f, Node x) {
        if (f == null) {
            throw new IllegalArgumentException("f must not be null");
        }
        return function(new Function(f), x);
    }

    /**
     * Adds the matrix product A·B.
     *
     * @param a matrix m×k, or vector of k as a row
     * @param b matrix k×n, or vector of k as a column
     * @return the node: matrix m×n, a vector where one operand is a vector, a scalar where both are
     * @throws IllegalArgumentException if the shapes do not fit
     */
    public Node matmul(Node a, Node b) {
        Shape shape = MatMul.shape(require(a).shape, require(b).shape);
        if (shape == null) {
            throw mismatch("matmul", a, b, "the columns of the first must be as many as the rows of the second");
        }
        return add(MatMul.INSTANCE, shape, a, b);
    }

    /**
     * Adds Σx over all elements.
     *
     * @param x operand
     * @return the node, a scalar
     */
    public Node sum(Node x) {
        require(x);
        return add(new Reduction(Reduction.Kind.SUM), Shape.SCALAR, x);
    }

    /**
     * Adds the mean of all elements.
     *
     * @param x operand
     * @return the node, a scalar
     */
    public Node mean(Node x) {
        require(x);
        return add(new Reduction(Reduction.Kind.MEAN), Shape.SCALAR, x);
    }

    /**
     * Adds the sum of each row.
     *
     * @param x a matrix
     * @return the node, a vector
     * @throws IllegalArgumentException if x is not a matrix
     */
    public Node rowSums(Node x) {
        matrix("rowSums", x);
        return add(new Reduction(Reduction.Kind.ROW_SUMS), Shape.of(x.shape.rows()), x);
    }

    /**
     * Adds the mean of each row.
     *
     * @param x a matrix
     * @return the node, a vector
     * @throws IllegalArgumentException if x is not a matrix
     */
    public Node rowMeans(Node x) {
        matrix("rowMeans", x);
        return add(new Reduction(Reduction.Kind.ROW_MEANS), Shape.of(x.shape.rows()), x);
    }

    /**
     * Adds the sum of each column.
     *
     * @param x a matrix
     * @return the node, a vector
     * @throws IllegalArgumentException if x is not a matrix
     */
    public Node columnSums(Node x) {
        matrix("columnSums", x);
        return add(new Reduction(Reduction.Kind.COLUMN_SUMS), Shape.of(x.shape.cols()), x);
    }

    /**
     * Adds the mean of each column.
     *
     * @param x a matrix
     * @return the node, a vector
     * @throws IllegalArgumentException if x is not a matrix
     */
    public Node columnMeans(Node x) {
        matrix("columnMeans", x);
        return add(new Reduction(Reduction.Kind.COLUMN_MEANS), Shape.of(x.shape.cols()), x);
    }

    /**
     * Adds xᵀ.
     *
     * @param x a matrix
     * @return the node
     * @throws IllegalArgumentException if x is not a matrix
     */
    public Node transpose(Node x) {
        matrix("transpose", x);
        return move(Movement.Kind.TRANSPOSE, 0, Shape.of(x.shape.cols(), x.shape.rows()), x);
    }

    /**
     * Adds the same numbers in another shape.
     *
     * @param x operand
     * @param lengths none for a scalar, one for a vector, rows and columns for a matrix
     * @return the node
     * @throws IllegalArgumentException if it would have another number of elements
     */
    public Node reshape(Node x, int... lengths) {
        Shape shape = Shape.of(lengths);
        if (shape.size() != require(x).size()) {
            throw new IllegalArgumentException("reshape: " + describe(x) + " cannot become " + shape);
        }
        return move(Movement.Kind.RESHAPE, 0, shape, x);
    }

    /**
     * Adds operands side by side: scalars and vectors to one vector, matrices with as many rows to one matrix.
     *
     * @param x operands, at least one
     * @return the node
     * @throws IllegalArgumentException if the rows differ
     */
    public Node concatColumns(Node... x) {
        long cols = 0;
        for (Node next : some(x)) {
            if (next.shape.rank() == 2 != (x[0].shape.rank() == 2) || next.shape.rows() != x[0].shape.rows()) {
                throw mismatch("concatColumns", x[0], next, "they must have as many rows");
            }
            cols += next.shape.cols();
        }
        int length = length("concatColumns", cols);
        Shape shape = x[0].shape.rank() == 2 ? Shape.of(x[0].shape.rows(), length) : Shape.of(length);
        return move(Movement.Kind.CONCAT_COLUMNS, 0, shape, x.clone());
    }

    /**
     * Adds operands one above the other: scalars as rows of one, vectors as rows, and matrices, to one matrix.
     *
     * @param x operands, at least one
     * @return the node
     * @throws IllegalArgumentException if the columns differ
     */
    public Node concatRows(Node... x) {
        long rows = 0;
        for (Node next : some(x)) {
            if (next.shape.cols() != x[0].shape.cols()) {
                throw mismatch("concatRows", x[0], next, "they must have as many columns");
            }
            rows += next.shape.rows();
        }
        Shape shape = Shape.of(length("concatRows", rows), x[0].shape.cols());
        return move(Movement.Kind.CONCAT_ROWS, 0, shape, x.clone());
    }

    /**
     * Adds some rows of a matrix.
     *
     * @param x a matrix
     * @param from first row
     * @param to behind the last row
     * @return the node, a matrix
     * @throws IllegalArgumentException if x is not a matrix or has no such rows
     */
    public Node sliceRows(Node x, int from, int to) {
        matrix("sliceRows", x);
        range("sliceRows", x, from, to, x.shape.rows());
        return move(Movement.Kind.SLICE_ROWS, from, Shape.of(to - from, x.shape.cols()), x);
    }

    /**
     * Adds some columns of a matrix, or some elements of a vector.
     *
     * @param x a matrix or a vector
     * @param from first column
     * @param to behind the last column
     * @return the node, of the same rank
     * @throws IllegalArgumentException if x has no such columns
     */
    public Node sliceColumns(Node x, int from, int to) {
        range("sliceColumns", require(x), from, to, x.shape.cols());
        Shape shape = x.shape.rank() == 2 ? Shape.of(x.shape.rows(), to - from) : Shape.of(to - from);
        return move(Movement.Kind.SLICE_COLUMNS, from, shape, x);
    }

    /**
     * Adds a dense layer f(X·W + b) in one node, on the fused kernels.
     *
     * @param f its activation
     * @param x X, batch×in, or one example as a vector
     * @param w W, in×out
     * @param b b, a vector of out
     * @return the node: batch×out, or a vector of out
     * @throws IllegalArgumentException if the shapes do not fit
     */
    public Node dense(Activation f, Node x, Node w, Node b) {
        if (f == null) {
            throw new IllegalArgumentException("f must not be null");
        }
        Shape shape = MatMul.shape(require(x).shape, require(w).shape);
        if (shape == null || w.shape.rank() != 2) {
            throw mismatch("dense", x, w, "the columns of the first must be as many as the rows of the second");
        }
        if (require(b).shape.rank() != 1 || b.shape.cols() != w.shape.cols()) {
            throw mismatch("dense", w, b, "the second must be a vector, as long as the first has columns");
        }
        return add(new DenseLayer(f), shape, x, w, b);
    }

    /**
     * Adds scale·Σ(a − y)².
     *
     * @param a outputs, batch×n, or a vector
     * @param y targets of the same shape, which depend on no variable
     * @param scale factor of the loss: 1 sums over the batch, 1f/batch averages
     * @return the node, a scalar
     * @throws IllegalArgumentException if the shapes differ or y depends on a variable
     */
    public Node squaredError(Node a, Node y, float scale) {
        return loss(Criterion.Kind.SQUARED_ERROR, a, y, scale);
    }

    /**
     * Adds scale·Σ of the rows' means of (a − y)².
     *
     * @param a outputs, batch×n, or a vector
     * @param y targets of the same shape, which depend on no variable
     * @param scale factor of the loss: 1 sums over the batch, 1f/batch averages
     * @return the node, a scalar
     * @throws IllegalArgumentException if the shapes differ or y depends on a variable
     */
    public Node meanSquaredError(Node a, Node y, float scale) {
        return loss(Criterion.Kind.MEAN_SQUARED_ERROR, a, y, scale);
    }

    /**
     * Adds scale·Σ of the cross-entropies of sigmoid(a) with y.
     *
     * @param a logits, batch×n, or a vector
     * @param y targets of the same shape, which depend on no variable
     * @param scale factor of the loss: 1 sums over the batch, 1f/batch averages
     * @return the node, a scalar
     * @throws IllegalArgumentException if the shapes differ or y depends on a variable
     */
    public Node binaryCrossEntropy(Node a, Node y, float scale) {
        return loss(Criterion.Kind.BINARY_CROSS_ENTROPY, a, y, scale);
    }

    /**
     * Adds scale·Σ of the cross-entropies of softmax(row of a) with the row of y, or with a label.
     *
     * @param a logits, batch×n, or a vector
     * @param y probabilities of the same shape, or a vector of batch labels in [0, n); depends on no variable
     * @param scale factor of the loss: 1 sums over the batch, 1f/batch averages
     * @return the node, a scalar
     * @throws IllegalArgumentException if the shapes do not fit or y depends on a variable
     */
    public Node softmaxCrossEntropy(Node a, Node y, float scale) {
        return loss(Criterion.Kind.SOFTMAX_CROSS_ENTROPY, a, y, scale);
    }

    private Node loss(Criterion.Kind kind, Node a, Node y, float scale) {
        String name = Op.name(kind);
        boolean labels = kind == Criterion.Kind.SOFTMAX_CROSS_ENTROPY
                && require(y).shape.rank() < 2
                && y.size() == require(a).shape.rows();
        if (!require(a).shape.equals(require(y).shape) && !labels) {
            throw mismatch(name, a, y, "they must be equal");
        }
        if (isActive(y)) {
            throw new IllegalArgumentException(name + ": targets must not depend on a variable: " + describe(y));
        }
        return add(new Criterion(kind, scale), Shape.SCALAR, a, y);
    }

    private Node arithmetic(Arithmetic.Kind kind, Node x, Node y) {
        Shape shape = Broadcast.fit(require(x).shape, require(y).shape);
        if (shape == null) {
            throw mismatch(Op.name(kind), x, y, "they must be equal, or one a scalar or a row of the other");
        }
        return add(new Arithmetic(kind), shape, x, y);
    }

    private Node function(Function f, Node x) {
        return add(f, require(x).shape, x);
    }

    private Node move(Movement.Kind kind, int from, Shape shape, Node... x) {
        return add(new Movement(kind, from), shape, x);
    }

    private static int length(String op, long length) {
        if (length > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(op + ": the result must fit an array, but would be " + length + " long");
        }
        return (int) length;
    }

    private Node[] some(Node[] x) {
        if (x == null || x.length == 0) {
            throw new IllegalArgumentException("x must have at least one operand");
        }
        for (Node next : x) {
            require(next);
        }
        return x;
    }

    private void matrix(String op, Node x) {
        if (require(x).shape.rank() != 2) {
            throw new IllegalArgumentException(op + ": " + describe(x) + ", but must be a matrix");
        }
    }

    private void range(String op, Node x, int from, int to, int length) {
        if (from < 0 || to <= from || to > length) {
            throw new IllegalArgumentException(op + ": from and to must be a part of [0, " + length + ") of "
                    + describe(x) + ", but are " + from + " and " + to);
        }
    }

    private IllegalArgumentException mismatch(String op, Node x, Node y, String need) {
        return new IllegalArgumentException(
                op + ": shapes do not fit: " + describe(x) + " and " + describe(y) + "; " + need);
    }
}
