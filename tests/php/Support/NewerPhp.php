<?php
declare(strict_types=1);

namespace MesChain\Tests\Support;

use PhpParser\Lexer;
use PhpParser\Node;
use PhpParser\NodeTraverser;
use PhpParser\NodeVisitorAbstract;
use PhpParser\ParserFactory;

require_once 'PhpParser/autoload.php'; // Debian's php-parser

/** Finds what PHP 7.3 cannot read, or has not got, in a file's syntax tree. */
final class NewerPhp extends NodeVisitorAbstract
{
    private const NODES = [
        'Expr_ArrowFunction' => 'arrow function', 'Expr_Match' => 'match', 'Expr_NullsafePropertyFetch' => '?->', 'Expr_NullsafeMethodCall' => '?->',
        'Expr_AssignOp_Coalesce' => '??=', 'Expr_Throw' => 'throw as an expression', 'Stmt_Enum' => 'enum', 'AttributeGroup' => 'attribute',
        'VariadicPlaceholder' => 'f(...)', 'UnionType' => 'union type', 'IntersectionType' => 'intersection type',
    ];
    private const TYPES = ['mixed', 'never', 'false', 'true', 'null', 'static'];
    private const FUNCTIONS = [
        'mb_str_split', 'get_mangled_object_vars', 'password_algos', 'openssl_x509_verify', 'str_contains', 'str_starts_with', 'str_ends_with',
        'get_debug_type', 'get_resource_id', 'fdiv', 'preg_last_error_msg', 'array_is_list', 'enum_exists', 'fsync', 'fdatasync', 'curl_upkeep',
        'mysqli_execute_query', 'ini_parse_quantity', 'memory_reset_peak_usage', 'json_validate', 'str_increment', 'str_decrement', 'mb_str_pad',
        'array_find', 'array_find_key', 'array_any', 'array_all', 'mb_trim', 'mb_ltrim', 'mb_rtrim', 'mb_ucfirst', 'mb_lcfirst', 'bcdivmod',
    ];
    private const CLASSES = ['WeakReference', 'WeakMap', 'Stringable', 'PhpToken', 'ValueError', 'UnhandledMatchError', 'CURLStringFile', 'Fiber'];

    /** @var array<int, mixed> the file's tokens: a comma behind the last parameter is in no tree */
    private $tokens;
    /** @var array<int, string> */
    private $faults = [];

    /** @param array<int, mixed> $tokens */
    private function __construct(array $tokens)
    {
        $this->tokens = $tokens;
    }

    /** @return array<int, string> "line 12: match", in the order of the file */
    public static function in(string $code): array
    {
        $lexer = new Lexer\Emulative(['usedAttributes' => ['startLine', 'endTokenPos']]);
        $tree = (new ParserFactory())->create(ParserFactory::ONLY_PHP7, $lexer)->parse($code);
        $finder = new self($lexer->getTokens());
        $traverser = new NodeTraverser();
        $traverser->addVisitor($finder);
        $traverser->traverse($tree);

        return $finder->faults;
    }

    public function enterNode(Node $node): void
    {
        $found = array_filter(array_merge([self::NODES[$node->getType()] ?? ''], $this->inDeclaration($node), self::inExpression($node)));
        foreach ($found as $what) {
            $this->faults[] = 'line ' . $node->getStartLine() . ': ' . $what;
        }
    }

    /** @return array<int, string> */
    private function inDeclaration(Node $node): array
    {
        $found = [];
        if ($node instanceof Node\Stmt\Property && $node->type !== null) {
            $found[] = 'typed property';
        }
        if ($node instanceof Node\Param) {
            $found[] = $node->flags !== 0 ? 'promoted property' : '';
            $found[] = self::isNewer($node->type) ? 'type ' . self::name($node->type) : '';
        }
        if (($node instanceof Node\Stmt\Class_ || $node instanceof Node\Stmt\Property) && $node->isReadonly()) {
            $found[] = 'readonly';
        }
        if ($node instanceof Node\Stmt\ClassConst && $node->isFinal()) {
            $found[] = 'final constant';
        }
        if ($node instanceof Node\FunctionLike) {
            $found[] = self::isNewer($node->getReturnType()) ? 'return type ' . self::name($node->getReturnType()) : '';
            $found[] = $this->isCommaBehind($node->getParams()) ? 'comma behind the last parameter' : '';
        }
        if ($node instanceof Node\Expr\Closure && $this->isCommaBehind($node->uses)) {
            $found[] = 'comma behind the last captured variable';
        }
        if ($node instanceof Node\Param && $node->default instanceof Node\Expr\New_) {
            $found[] = 'new as a default';
        }

        return $found;
    }

    /** @return array<int, string> */
    private static function inExpression(Node $node): array
    {
        $found = [];
        if ($node instanceof Node\Arg && $node->name !== null) {
            $found[] = 'named argument';
        }
        if ($node instanceof Node\Expr\ArrayItem && $node->unpack) {
            $found[] = 'spread in an array';
        }
        if ($node instanceof Node\Stmt\Catch_ && $node->var === null) {
            $found[] = 'catch without a variable';
        }
        if ($node instanceof Node\Expr\ClassConstFetch && $node->class instanceof Node\Expr && self::name($node->name) === 'class') {
            $found[] = '$object::class';
        }
        if (($node instanceof Node\Scalar\LNumber || $node instanceof Node\Scalar\DNumber) && preg_match('/_|^0o/i', (string)$node->getAttribute('rawValue'))) {
            $found[] = 'number ' . $node->getAttribute('rawValue');
        }
        if ($node instanceof Node\Expr\FuncCall && in_array(self::name($node->name), self::FUNCTIONS, true)) {
            $found[] = self::name($node->name) . '()';
        }
        if ($node instanceof Node\Name && in_array($node->getLast(), self::CLASSES, true)) {
            $found[] = 'class ' . $node->getLast();
        }

        return $found;
    }

    private static function isNewer(?Node $type): bool
    {
        return in_array(self::name($type instanceof Node\NullableType ? $type->type : $type), self::TYPES, true);
    }

    private static function name(?Node $node): string
    {
        return $node instanceof Node\Identifier || $node instanceof Node\Name ? strtolower($node->toString()) : '';
    }

    /** @param array<int, Node> $nodes */
    private function isCommaBehind(array $nodes): bool
    {
        if ($nodes === []) {
            return false;
        }
        $at = end($nodes)->getEndTokenPos() + 1;
        while (is_array($this->tokens[$at]) && in_array($this->tokens[$at][0], [T_WHITESPACE, T_COMMENT, T_DOC_COMMENT], true)) {
            $at++;
        }

        return $this->tokens[$at] === ',';
    }
}
