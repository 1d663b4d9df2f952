<?php
declare(strict_types=1);

namespace MesChain\Admin;

use MesChain\Proto\Sync\V1\Issue;
use MesChain\Proto\Sync\V1\IssueSeverity;

/** An issue as a row of a page: cause and fix in the page's language, the server's own words where it has none. */
final class IssueText
{
    /** @var Texts */
    private $texts;

    public function __construct(Texts $texts)
    {
        $this->texts = $texts;
    }

    /** @return array<string, mixed> */
    public function of(Issue $issue): array
    {
        $code = strtolower($issue->getCode());
        $params = [];
        foreach ($issue->getParams() as $name => $value) {
            $params[] = $name . ': ' . $value;
        }

        return [
            'dot' => $issue->getSeverity() === IssueSeverity::ISSUE_SEVERITY_ERROR ? 'danger' : ($issue->getSeverity() === IssueSeverity::ISSUE_SEVERITY_WARNING ? 'warning' : 'info'),
            'code' => $issue->getCode(),
            'cause' => $this->texts->firstOf('issue_' . $code . '_cause', $issue->getCause()),
            'fix' => $this->texts->firstOf('issue_' . $code . '_fix', $issue->getFix()),
            'subject' => $issue->getSubject(),
            'params' => implode(', ', $params),
            'marketplace_text' => $issue->getMarketplaceText(),
            'time' => $issue->getLastTime() === null ? '' : $this->texts->time((int)$issue->getLastTime()->getSeconds()),
            'count' => (int)$issue->getCount(),
        ];
    }
}
